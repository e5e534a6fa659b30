package dev.sharegpt4v.models.jinja;

/** What one rendering may still do: time and memory are bounded by what is paid before it is used. */
final class Work {

    /** Some tenths of a second. */
    private static final long MOST = 10_000_000;

    private static final int DEEPEST = 250;
    private static final int STEP = 10;
    static final int LONGEST_TEXT = 1 << 20;
    static final int MOST_ITEMS = 100_000;
    /** An item takes the memory of some characters. */
    private static final int ITEM = 16;

    private long left = MOST;
    private int depth;

    void step() {
        pay(STEP);
    }

    /** Before so many characters are copied or read. */
    void characters(long count) {
        pay(count + 1);
    }

    /** Before a text of so many characters is made. */
    void text(long length) {
        room(length);
        characters(length);
    }

    /** Refuses texts that are too long. */
    void room(long length) {
        if (length > LONGEST_TEXT) {
            throw new JinjaException("a text of the template's has more than " + LONGEST_TEXT + " characters");
        }
    }

    /** Before one text is looked for in another. */
    void search(long length, long wanted) {
        pay(length * Math.max(1, wanted) / 64 + 1);
    }

    /** Before a list of so many items is made or read. */
    void items(long count) {
        if (count > MOST_ITEMS) {
            throw new JinjaException("a list of the template's has more than " + MOST_ITEMS + " items");
        }
        pay(count * ITEM + 1);
    }

    void enter() {
        if (++depth > DEEPEST) {
            throw new JinjaException("the template is nested too deeply");
        }
    }

    void leave() {
        depth--;
    }

    private void pay(long units) {
        left -= units;
        if (left < 0) {
            throw new JinjaException("the template takes too long");
        }
    }
}
