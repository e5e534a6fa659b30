package dev.sharegpt4v.server.bench.chaos;

/** How an errand ended. */
sealed interface Ending {

    /** An answer as asked for, with this text. */
    record Answered(String text) implements Ending {}

    /** A refusal that says what is wrong. */
    record Refused(int status) implements Ending {}

    /** A refusal that says to come again later. */
    record Busy(int status) implements Ending {}

    /** The client left, as it meant to. */
    record Left() implements Ending {}

    /** Something that must not be. */
    record Wrong(String why) implements Ending {}
}
