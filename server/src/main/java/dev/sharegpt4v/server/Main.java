package dev.sharegpt4v.server;

import dev.sharegpt4v.server.command.CommandLineTool;

/** Entry point of the command line. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(CommandLineTool.run(args));
    }
}
