import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import ai.timefold.solver.core.api.score.buildin.bendablelong.BendableLongScore;
import ai.timefold.solver.core.api.score.stream.Constraint;
import ai.timefold.solver.core.api.score.stream.ConstraintCollectors;
import ai.timefold.solver.core.api.score.stream.ConstraintFactory;
import ai.timefold.solver.core.api.score.stream.ConstraintProvider;
import ai.timefold.solver.core.api.score.stream.Joiners;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.solver.SolverConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A week of shifts for Timefold: one planning entity for each seat of a shift, whose value is one of those who could
 * take it, or nobody. Hard: one person's turns must fit together and stay within their number. Then four levels:
 * people missing, qualifications missing, unfairness, reluctance.
 *
 * java Rostering INPUT OUTPUT SECONDS. Input lines, fields parted by tabs:
 *   person  number  turns  rest minutes (-1: none)  history
 *   shift   number  day  start  end  least  seats  police wanted
 *   turn    shift   person  reluctance  is police
 * Output lines: shift, person.
 */
public class Rostering {
    static final int LEVELS = 4;

    public static class Person {
        public int number, turns, rest, history;
    }

    public static class Shift {
        public int number, day, start, end, least, seats, police;
        public final List<Candidate> candidates = new ArrayList<>();
    }

    public static class Candidate {
        public Person person;
        public int reluctance;
        public boolean police;

        public Person getPerson() {
            return person;
        }
    }

    @PlanningEntity
    public static class Seat {
        @PlanningId
        public String id;
        public Shift shift;

        @ValueRangeProvider(id = "candidates")
        public List<Candidate> getCandidates() {
            return shift.candidates;
        }

        @PlanningVariable(valueRangeProviderRefs = "candidates", allowsUnassigned = true)
        public Candidate taken;

        public Shift getShift() {
            return shift;
        }

        public Person getPerson() {
            return taken == null ? null : taken.person;
        }
    }

    @PlanningSolution
    public static class Week {
        @PlanningEntityCollectionProperty
        public List<Seat> seats = new ArrayList<>();

        @PlanningScore(bendableHardLevelsSize = 1, bendableSoftLevelsSize = LEVELS)
        public BendableLongScore score;
    }

    public static class Rules implements ConstraintProvider {
        @Override
        public Constraint[] defineConstraints(ConstraintFactory factory) {
            return new Constraint[] {
                factory.forEachUniquePair(Seat.class, Joiners.equal(Seat::getPerson))
                    .filter(Rules::clash)
                    .penalizeLong(BendableLongScore.ofHard(1, LEVELS, 0, 1), (one, other) -> 1L)
                    .asConstraint("turns that clash"),
                factory.forEach(Seat.class)
                    .groupBy(Seat::getPerson, ConstraintCollectors.count())
                    .filter((person, count) -> count > person.turns)
                    .penalizeLong(BendableLongScore.ofHard(1, LEVELS, 0, 1), (person, count) -> count - person.turns)
                    .asConstraint("too many turns"),
                factory.forEachIncludingUnassigned(Seat.class)
                    .groupBy(Seat::getShift, ConstraintCollectors.sum((Seat seat) -> seat.taken == null ? 0 : 1))
                    .filter((shift, count) -> count < shift.least)
                    .penalizeLong(soft(0), (shift, count) -> shift.least - count)
                    .asConstraint("people missing"),
                factory.forEachIncludingUnassigned(Seat.class)
                    .filter(seat -> seat.shift.police > 0)
                    .groupBy(Seat::getShift, ConstraintCollectors.sum(
                        (Seat seat) -> seat.taken != null && seat.taken.police ? 1 : 0))
                    .filter((shift, count) -> count < shift.police)
                    .penalizeLong(soft(1), (shift, count) -> shift.police - count)
                    .asConstraint("police missing"),
                factory.forEach(Seat.class)
                    .groupBy(Seat::getPerson, ConstraintCollectors.count())
                    .penalizeLong(soft(2), (person, count) -> (long) count * (2L * person.history + count))
                    .asConstraint("unfairness"),
                factory.forEach(Seat.class)
                    .penalizeLong(soft(3), seat -> seat.taken.reluctance)
                    .asConstraint("reluctance"),
            };
        }

        static BendableLongScore soft(int level) {
            return BendableLongScore.ofSoft(1, LEVELS, level, 1);
        }

        /** One turn a day, and the rest the person wants between the turns of two days. */
        static boolean clash(Seat one, Seat other) {
            Shift first = one.shift.start <= other.shift.start ? one.shift : other.shift;
            Shift second = first == one.shift ? other.shift : one.shift;
            return first.day == second.day || second.start - first.end < Math.max(0, one.getPerson().rest);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Week week = read(Path.of(arguments[0]));
        SolverConfig config = new SolverConfig()
            .withSolutionClass(Week.class)
            .withEntityClasses(Seat.class)
            .withConstraintProviderClass(Rules.class)
            .withTerminationSpentLimit(Duration.ofSeconds(Long.parseLong(arguments[2])));
        Week best = SolverFactory.<Week>create(config).buildSolver().solve(week);
        List<String> lines = new ArrayList<>();
        for (Seat seat : best.seats) {
            if (seat.taken != null) {
                lines.add(seat.shift.number + "\t" + seat.taken.person.number);
            }
        }
        Files.write(Path.of(arguments[1]), lines);
    }

    static Week read(Path path) throws IOException {
        Map<Integer, Person> people = new HashMap<>();
        Map<Integer, Shift> shifts = new HashMap<>();
        Week week = new Week();
        for (String line : Files.readAllLines(path)) {
            String[] parts = line.split("\t");
            int[] n = new int[parts.length];
            for (int at = 1; at < parts.length; at++) {
                n[at] = Integer.parseInt(parts[at]);
            }
            switch (parts[0]) {
                case "person" -> people.put(n[1], person(n));
                case "shift" -> shifts.put(n[1], shift(n, week));
                default -> shifts.get(n[1]).candidates.add(candidate(n, people));
            }
        }
        return week;
    }

    static Person person(int[] n) {
        Person person = new Person();
        person.number = n[1];
        person.turns = n[2];
        person.rest = n[3];
        person.history = n[4];
        return person;
    }

    static Shift shift(int[] n, Week week) {
        Shift shift = new Shift();
        shift.number = n[1];
        shift.day = n[2];
        shift.start = n[3];
        shift.end = n[4];
        shift.least = n[5];
        shift.seats = n[6];
        shift.police = n[7];
        for (int at = 0; at < shift.seats; at++) {
            Seat seat = new Seat();
            seat.id = shift.number + "-" + at;
            seat.shift = shift;
            week.seats.add(seat);
        }
        return shift;
    }

    static Candidate candidate(int[] n, Map<Integer, Person> people) {
        Candidate candidate = new Candidate();
        candidate.person = people.get(n[2]);
        candidate.reluctance = n[3];
        candidate.police = n[4] > 0;
        return candidate;
    }
}
