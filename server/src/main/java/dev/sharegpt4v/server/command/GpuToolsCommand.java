package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.gpu.Architecture;
import dev.sharegpt4v.server.bench.gpu.Pruning;
import dev.sharegpt4v.server.bench.gpu.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench gpu}: tools of gpu/pack and gpu/verify. */
@Command(
        name = "gpu",
        description = "Tools of gpu/pack and gpu/verify.",
        subcommands = {GpuToolsCommand.Prune.class, GpuToolsCommand.Summarise.class},
        mixinStandardHelpOptions = true)
final class GpuToolsCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a tool: prune or summary");
    }

    /** {@code bench gpu prune}. */
    @Command(
            name = "prune",
            description =
                    "Copies a shared library without the code of other GPUs: zeros in its place, which pack to nothing.",
            mixinStandardHelpOptions = true)
    static final class Prune implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        @Parameters(index = "0", paramLabel = "LIBRARY", description = "A shared library with CUDA code.")
        @SuppressWarnings("NullAway.Init")
        Path library;

        @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
        @SuppressWarnings("NullAway.Init")
        Path target;

        @Option(
                names = "--architecture",
                paramLabel = "X.Y",
                required = true,
                converter = OfArchitectures.class,
                description = "Compute capability of the GPU that is left, such as 9.0.")
        @SuppressWarnings("NullAway.Init")
        Architecture architecture;

        @Override
        public Integer call() throws IOException {
            Pruning done = Pruning.write(library, target, architecture);
            spec.commandLine().getOut().println(library.getFileName() + ": " + done.describe());
            return 0;
        }
    }

    /** {@code bench gpu summary}. */
    @Command(
            name = "summary",
            description =
                    "Writes summary.json and summary.md beside the results of gpu/verify; exit code 1 when an aim is"
                            + " missed.",
            mixinStandardHelpOptions = true)
    static final class Summarise implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        @Parameters(index = "0", paramLabel = "DIR", description = "The folder of the results.")
        @SuppressWarnings("NullAway.Init")
        Path folder;

        @Override
        public Integer call() throws IOException {
            Summary summary = Summary.read(folder);
            OutputFile.write(folder.resolve("summary.json"), summary.json());
            OutputFile.write(folder.resolve("summary.md"), summary.markdown());
            spec.commandLine().getOut().print(summary.markdown());
            spec.commandLine().getOut().flush();
            return summary.isMissed() ? 1 : 0;
        }
    }

    /** Picocli makes it by reflection. */
    static final class OfArchitectures implements CommandLine.ITypeConverter<Architecture> {
        @Override
        public Architecture convert(String text) {
            try {
                return Architecture.parse(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }
}
