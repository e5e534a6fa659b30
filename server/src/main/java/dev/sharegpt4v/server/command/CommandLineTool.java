package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.PackageException;
import dev.sharegpt4v.models.checkpoint.CheckpointException;
import dev.sharegpt4v.models.convert.ConversionException;
import dev.sharegpt4v.models.image.ImageException;
import dev.sharegpt4v.models.text.TokenizerException;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.server.HeadStart;
import dev.sharegpt4v.server.Version;
import dev.sharegpt4v.server.logging.LogFormat;
import dev.sharegpt4v.server.logging.Logging;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root command, and what failures mean to a shell: 0 done, 1 failed, 2 wrong usage, 3 environment. */
@Command(
        name = "sharegpt4v",
        description = "Serves ShareGPT4V-7B and the LLaVA-1.5 family.",
        mixinStandardHelpOptions = true,
        versionProvider = CommandLineTool.VersionText.class)
public final class CommandLineTool {

    private static final System.Logger LOG = System.getLogger(CommandLineTool.class.getName());
    private static final Map<String, Class<?>> COMMANDS = commands();
    private static final Set<String> SERVING = Set.of("serve", "rehearse");
    private static final int FAILED = 1;
    private static final int ENVIRONMENT = 3;

    private CommandLineTool() {}

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand.class);
        commands.put("convert", ConvertCommand.class);
        commands.put("caption", CaptionCommand.class);
        commands.put("inspect", InspectCommand.class);
        commands.put("bench", BenchCommand.class);
        commands.put("rehearse", RehearseCommand.class);
        commands.put("await", AwaitCommand.class);
        return commands;
    }

    /** Runs the command line and returns its exit code. */
    public static int run(String... args) {
        if (args.length > 0 && SERVING.contains(args[0])) {
            HeadStart.begin();
        }
        Logging.configure(LogFormat.TEXT);
        PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CommandLine line;
        try {
            Settings settings = new Settings(args, System.getenv());
            line = line(args, settings);
            Set<String> unknown = settings.unknown(line);
            if (!unknown.isEmpty()) {
                throw new IllegalArgumentException("the configuration sets what is no option: " + unknown);
            }
            line.setDefaultValueProvider(settings);
        } catch (IllegalArgumentException e) {
            errors.println("sharegpt4v: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(errors);
        line.setExecutionExceptionHandler((failure, command, _) -> explain(failure, command));
        line.setUsageHelpAutoWidth(true);
        return line.execute(args);
    }

    /** All commands, or the one that is asked for: what all of their options are takes a tenth of a server's start to read. */
    private static CommandLine line(String[] args, Settings settings) {
        CommandLine line = new CommandLine(new CommandLineTool());
        boolean one = args.length > 0 && COMMANDS.containsKey(args[0]) && !settings.hasFile();
        COMMANDS.forEach((name, command) -> {
            if (!one || name.equals(args[0])) {
                line.addSubcommand(name, command);
            }
        });
        return line;
    }

    private static int explain(Exception failure, CommandLine command) {
        if (Logging.isJson()) {
            LOG.log(System.Logger.Level.ERROR, message(failure));
        } else {
            command.getErr().println("sharegpt4v: " + message(failure));
        }
        return isEnvironment(failure) ? ENVIRONMENT : FAILED;
    }

    /** Failures that we name ourselves are told as they are; any other is a defect and says what it is. */
    private static String message(Throwable failure) {
        return switch (failure) {
            case CheckpointException _,
                    ConversionException _,
                    PackageException _,
                    TokenizerException _,
                    ImageException _,
                    EngineException _,
                    ExecutionFailure _,
                    IllegalArgumentException _,
                    UncheckedIOException _ -> String.valueOf(failure.getMessage());
            default -> failure.toString();
        };
    }

    private static boolean isEnvironment(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException) {
                return true;
            }
        }
        return failure instanceof ExecutionFailure;
    }

    static final class VersionText implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"sharegpt4v " + Version.TEXT};
        }
    }
}
