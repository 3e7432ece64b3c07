"""How people come in, and go: signing in, posters and invitations, being forgotten."""

from tests.journeys.walker import PASSWORD, Walker


def anybody_signs_in_and_changes_the_language(walk: Walker) -> None:
    keys = walk.keys
    walk.go("/account/sign-in")
    first = keys.tab()
    assert first is not None
    assert keys.words("Skip to the content").match(first.name), "the skip link is not first"
    keys.hit("Enter")
    keys.write("Phone number or e-mail address", "0900000000")
    keys.write("Password", "wrong")
    keys.press("Sign in")
    keys.press("Account, language and colours")
    keys.press("English")
    keys.speak("en")
    keys.see("For volunteers, coordinators and service centers.")
    keys.press("Account, language and colours")
    keys.escape()
    keys.press("Account, language and colours")
    keys.press("Tiếng Việt")
    keys.speak("vi")
    keys.see("For volunteers, coordinators and service centers.")


def a_member_comes_in_by_the_poster(walk: Walker) -> None:
    keys = walk.sign_in("coordinator", "Teams")
    keys.press("Tổ phím", kind="a")
    keys.press("Poster")
    keys.press("Open the door and make the poster")
    address = walk.page.locator(".poster-address").inner_text().strip()
    walk.sign_out()
    keys.go(address)
    keys.write("Your phone number", "0912000001")
    keys.write("Your full name", "nguyen thi ban phim")
    keys.write("Choose a password", PASSWORD)
    keys.write("The same password once more", PASSWORD + "x")
    keys.press("Come in")
    keys.write("Choose a password", PASSWORD)
    keys.write("The same password once more", PASSWORD)
    keys.press("Come in")
    keys.see("My shifts")


def an_invited_person_comes_in_and_is_forgotten(walk: Walker) -> None:
    keys = walk.sign_in("coordinator", "People")
    keys.press("Add a person", kind="a")
    keys.write("Full name", "Lê Văn Mới")
    keys.write("Phone number", "0987000001")
    keys.press("Save")
    keys.press("Edit", kind="a")
    keys.write("At most how many turns a week", "2")
    keys.press("Save")
    keys.press("Invite")
    address = walk.address_shown()
    walk.sign_out()
    keys.go(address)
    keys.write("Password", PASSWORD)
    keys.write("The same password once more", PASSWORD + "x")
    keys.press("Set the password and sign in")
    keys.write("Password", PASSWORD)
    keys.write("The same password once more", PASSWORD)
    keys.press("Set the password and sign in")
    keys.press("Read and answer")
    keys.press("I agree")
    walk.go("/account/data/")
    keys.press("Take my consent back")
    keys.escape()
    keys.press("Take my consent back")
    keys.press("Take it back")
    keys.see("You took your consent back on %(day)s.")
    keys.press("I agree")
    keys.see("You agreed on %(day)s")
    with walk.page.expect_download():
        keys.press("Download my data")
    keys.press("Forget me for good")
    keys.write("Your password", PASSWORD)
    keys.press("Forget me for good")
    keys.at("/account/sign-in")
