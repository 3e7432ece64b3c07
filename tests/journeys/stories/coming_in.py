"""How people come in, and go: signing in, posters and invitations, being forgotten."""

import re

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
    keys.see("Sign in")


def a_member_comes_in_by_the_poster(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    keys.press("Teams")
    keys.press("Tổ phím", kind="a")
    keys.press("Poster")
    if walk.offers("Open the door and make the poster"):
        keys.press("Open the door and make the poster")
    address = page.locator(".poster-address").inner_text().strip()
    keys.press("Account, language and colours")
    keys.press("Sign out")
    keys.go(address)
    keys.write("Your phone number", f"0912000{len(walk.screen):03}")
    keys.write("Your full name", "nguyen thi ban phim")
    keys.write("Choose a password", PASSWORD)
    keys.write("The same password once more", PASSWORD + "x")
    keys.press("Come in")
    keys.write("Choose a password", PASSWORD)
    keys.write("The same password once more", PASSWORD)
    keys.press("Come in")
    keys.see("My shifts")


def an_invited_person_comes_in_and_is_forgotten(walk: Walker) -> None:
    keys, page = walk.keys, walk.page
    walk.sign_in("coordinator")
    name = f"Lê Văn {'Laptop' if walk.screen == 'laptop' else 'Phone'}"
    keys.press("People")
    keys.press("Add a person", kind="a")
    keys.write("Full name", name)
    keys.write("Phone number", "0987000001" if walk.screen == "laptop" else "0987000002")
    keys.press("Save")
    keys.press("Invite")
    address = page.locator("#address").input_value()
    keys.press("Account, language and colours")
    keys.press("Sign out")
    keys.go(address)
    keys.write("Password", PASSWORD)
    keys.write("The same password once more", PASSWORD + "x")
    keys.press("Set the password and sign in")
    keys.write("Password", PASSWORD)
    keys.write("The same password once more", PASSWORD)
    keys.press("Set the password and sign in")
    walk.go("/account/data/")
    keys.press("I agree")
    keys.press("Take my consent back")
    keys.escape()
    with page.expect_download():
        keys.press("Download my data")
    keys.press("Forget me for good")
    keys.write("Your password", PASSWORD)
    keys.press("Forget me for good")
    page.wait_for_url(re.compile("sign-in|/$|account"))
