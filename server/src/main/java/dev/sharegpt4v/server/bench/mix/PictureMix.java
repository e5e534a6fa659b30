package dev.sharegpt4v.server.bench.mix;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which requests have which pictures, as numbers of pictures.
 *
 * @param each pictures of a request that has some
 * @param textShare of requests without pictures, 0 to 1
 * @param repeatShare of requests with pictures that only earlier requests had, 0 to 1
 */
public record PictureMix(Weighted<Range> each, double textShare, double repeatShare) {

    public PictureMix {
        requireShare(textShare);
        requireShare(repeatShare);
    }

    private static void requireShare(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share is between 0 and 1, not " + share);
        }
    }

    /** No pictures at all. */
    public static PictureMix none() {
        return new PictureMix(Weighted.always(new Range(0, 0)), 1, 0);
    }

    /**
     * The pictures of so many requests in order; new ones are numbered from 0.
     *
     * <p>A first picture cannot be a repeated one, and neither can a request that has more than there were before.
     */
    public List<List<Integer>> plan(int requests, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Integer>> plan = new ArrayList<>();
        int seen = 0;
        for (int request = 0; request < requests; request++) {
            boolean text = random.nextDouble() < textShare;
            boolean repeated = random.nextDouble() < repeatShare;
            int drawn = each.pick(random).pick(random);
            int count = text ? 0 : drawn;
            boolean fresh = !repeated || seen < count;
            List<Integer> pictures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                pictures.add(fresh ? seen + i : unused(random, seen, pictures));
            }
            seen += fresh ? count : 0;
            plan.add(List.copyOf(pictures));
        }
        return plan;
    }

    private static int unused(SplittableRandom random, int seen, List<Integer> used) {
        int picture = random.nextInt(seen);
        while (used.contains(picture)) {
            picture = (picture + 1) % seen;
        }
        return picture;
    }
}
