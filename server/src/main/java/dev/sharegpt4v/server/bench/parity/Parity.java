package dev.sharegpt4v.server.bench.parity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import java.util.Arrays;
import java.util.List;

/**
 * How far a candidate's numbers are from a reference's.
 *
 * @param positions compared
 * @param meanDivergence mean of KL(reference ‖ candidate) over positions, in nats
 * @param largestDivergence the largest of them
 * @param largestDifference of two logits, after the shift of a row that softmax does not see
 * @param otherBest positions whose best token is another
 * @param largestMargin by which the reference prefers its own best token to the candidate's, over those positions
 * @param featureError of image features: the norm of the difference by the norm of the reference
 */
public record Parity(
        int positions,
        double meanDivergence,
        double largestDivergence,
        double largestDifference,
        int otherBest,
        double largestMargin,
        double featureError) {

    /** Compares equal prompts with equal tokens over the first {@code vocabulary} logits. */
    public static Parity of(List<Continued> reference, List<Continued> candidate, int vocabulary) {
        Sums sums = new Sums();
        for (int i = 0; i < reference.size(); i++) {
            Continued one = reference.get(i);
            Continued other = candidate.get(i);
            if (!Arrays.equals(one.tokens(), other.tokens())) {
                throw new IllegalArgumentException("different tokens are compared");
            }
            for (int row = 0; row < one.logits().size(); row++) {
                sums.add(
                        Arrays.copyOf(one.logits().get(row), vocabulary),
                        Arrays.copyOf(other.logits().get(row), vocabulary));
            }
            for (int image = 0; image < one.features().size(); image++) {
                sums.add(one.features().get(image), other.features().get(image));
            }
        }
        return sums.parity();
    }

    /** Whether two runs of one device gave equal bits. */
    public static boolean isEqual(List<Continued> first, List<Continued> second) {
        for (int i = 0; i < first.size(); i++) {
            for (int row = 0; row < first.get(i).logits().size(); row++) {
                if (!Arrays.equals(
                        first.get(i).logits().get(row), second.get(i).logits().get(row))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether this is rounding: see docs/gpu.md for the limits. */
    public boolean isWithin(double divergence, double margin, double feature) {
        return meanDivergence <= divergence && largestMargin <= margin && featureError <= feature;
    }

    /** With names of its own. */
    public void addTo(ObjectNode json) {
        json.put("positions", positions);
        json.put("mean_divergence", meanDivergence);
        json.put("largest_divergence", largestDivergence);
        json.put("largest_logit_difference", largestDifference);
        json.put("other_best_token", otherBest);
        json.put("largest_lost_margin", largestMargin);
        json.put("feature_error", featureError);
    }

    private static final class Sums {
        private int positions;
        private double divergence;
        private double largestDivergence;
        private double largestDifference;
        private int otherBest;
        private double largestMargin;
        private double featureError;

        void add(float[] reference, float[] candidate) {
            double[] expected = logProbabilities(reference);
            double[] actual = logProbabilities(candidate);
            double sum = 0;
            for (int token = 0; token < expected.length; token++) {
                sum += Math.exp(expected[token]) * (expected[token] - actual[token]);
                largestDifference = Math.max(largestDifference, Math.abs(expected[token] - actual[token]));
            }
            positions++;
            divergence += sum;
            // What is no number stays none here, and is within no limit.
            largestDivergence = Math.max(largestDivergence, sum);
            int best = ForcedDecoding.best(reference, reference.length);
            int other = ForcedDecoding.best(candidate, candidate.length);
            if (best != other) {
                otherBest++;
                largestMargin = Math.max(largestMargin, reference[best] - reference[other]);
            }
        }

        void add(ImageFeatures reference, ImageFeatures candidate) {
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < reference.values().length; i++) {
                double apart = reference.values()[i] - (double) candidate.values()[i];
                difference += apart * apart;
                norm += (double) reference.values()[i] * reference.values()[i];
            }
            featureError = Math.max(featureError, Math.sqrt(difference / norm));
        }

        Parity parity() {
            return new Parity(
                    positions,
                    divergence / positions,
                    largestDivergence,
                    largestDifference,
                    otherBest,
                    largestMargin,
                    featureError);
        }

        private static double[] logProbabilities(float[] logits) {
            double highest = Double.NEGATIVE_INFINITY;
            for (float logit : logits) {
                highest = Math.max(highest, logit);
            }
            double total = 0;
            for (float logit : logits) {
                total += Math.exp(logit - highest);
            }
            double shift = highest + Math.log(total);
            double[] values = new double[logits.length];
            for (int token = 0; token < values.length; token++) {
                values[token] = logits[token] - shift;
            }
            return values;
        }
    }
}
