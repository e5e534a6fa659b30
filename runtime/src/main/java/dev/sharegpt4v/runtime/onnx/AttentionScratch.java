package dev.sharegpt4v.runtime.onnx;

/** Working memory of one thread; the arrays grow and are used again. */
final class AttentionScratch {

    private static final ThreadLocal<AttentionScratch> OWN = ThreadLocal.withInitial(AttentionScratch::new);

    private float[] query = new float[0];
    private float[] scores = new float[0];
    private float[] sums = new float[0];
    private float[] state = new float[0];
    private float[] panels = new float[0];
    private float[] element = new float[0];

    static AttentionScratch own() {
        return OWN.get();
    }

    float[] query(int size) {
        query = query.length < size ? new float[size] : query;
        return query;
    }

    float[] scores(int size) {
        scores = scores.length < size ? new float[size] : scores;
        return scores;
    }

    float[] sums(int size) {
        sums = sums.length < size ? new float[size] : sums;
        return sums;
    }

    float[] state(int size) {
        state = state.length < size ? new float[size] : state;
        return state;
    }

    float[] panels(int size) {
        panels = panels.length < size ? new float[size] : panels;
        return panels;
    }

    /** One key or value. */
    float[] element(int size) {
        element = element.length < size ? new float[size] : element;
        return element;
    }
}
