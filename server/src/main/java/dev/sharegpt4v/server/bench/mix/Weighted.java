package dev.sharegpt4v.server.bench.mix;

import dev.sharegpt4v.server.bench.PlainNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Values of which one is drawn, some more often than others.
 *
 * @param choices at least one
 */
public record Weighted<T>(List<Choice<T>> choices) {

    /**
     * A value.
     *
     * @param value to draw
     * @param weight against the others', more than 0
     */
    public record Choice<T>(T value, double weight) {

        public Choice {
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("a weight is positive, not " + weight);
            }
        }
    }

    public Weighted {
        choices = List.copyOf(choices);
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("nothing to choose from");
        }
    }

    public static <T> Weighted<T> always(T value) {
        return new Weighted<>(List.of(new Choice<>(value, 1)));
    }

    /**
     * Reads {@code A} or {@code A:0.5,B:0.3,C:0.2}; a weight that is left out is 1.
     *
     * @throws IllegalArgumentException when a weight or a value cannot be read
     */
    public static <T> Weighted<T> parse(String text, Function<String, T> value) {
        List<Choice<T>> choices = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int colon = part.lastIndexOf(':');
            String weight = colon < 0 ? "1" : part.substring(colon + 1);
            try {
                choices.add(new Choice<>(
                        value.apply(colon < 0 ? part : part.substring(0, colon)), Double.parseDouble(weight)));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + weight + "' is no weight such as 0.5", e);
            }
        }
        return new Weighted<>(choices);
    }

    /** Changes every value. */
    public <R> Weighted<R> map(Function<T, R> change) {
        return new Weighted<>(choices.stream()
                .map(choice -> new Choice<>(change.apply(choice.value()), choice.weight()))
                .toList());
    }

    public T pick(RandomGenerator random) {
        double left = random.nextDouble()
                * choices.stream().mapToDouble(Choice::weight).sum();
        for (Choice<T> choice : choices) {
            left -= choice.weight();
            if (left < 0) {
                return choice.value();
            }
        }
        return choices.getLast().value();
    }

    @Override
    public String toString() {
        if (choices.size() == 1) {
            return choices.getFirst().value().toString();
        }
        return choices.stream()
                .map(choice -> choice.value() + ":" + PlainNumber.of(choice.weight()))
                .collect(Collectors.joining(","));
    }
}
