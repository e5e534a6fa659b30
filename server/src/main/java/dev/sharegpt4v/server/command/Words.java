package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.logging.Logging;

/** What a command says of itself on standard error: as it is, or as a line of the log where every line is JSON. */
final class Words {

    private static final System.Logger LOG = System.getLogger(Words.class.getName());

    private Words() {}

    static void tell(String text) {
        if (Logging.isJson()) {
            LOG.log(System.Logger.Level.INFO, text);
        } else {
            System.err.println(text);
        }
    }
}
