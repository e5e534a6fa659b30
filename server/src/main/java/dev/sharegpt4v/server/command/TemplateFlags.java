package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.jinja.JinjaException;
import dev.sharegpt4v.models.jinja.Template;
import dev.sharegpt4v.server.http.TemplateRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of chat templates. */
final class TemplateFlags {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--chat-template",
            paramLabel = "FILE|TEXT",
            description = "Chat template of Jinja's instead of the package's own, in a file or as it is.")
    @Nullable
    String chatTemplate;

    @Option(
            names = "--trust-request-chat-template",
            description = "Lets requests bring their own chat_template; it is rendered in bounded time and memory.")
    boolean trustRequestChatTemplate;

    TemplateRules rules() {
        if (chatTemplate == null) {
            return new TemplateRules(Optional.empty(), trustRequestChatTemplate);
        }
        try {
            return new TemplateRules(Optional.of(Template.of(source(chatTemplate))), trustRequestChatTemplate);
        } catch (JinjaException e) {
            throw wrong("is no chat template: " + e.getMessage());
        } catch (IOException e) {
            throw wrong("cannot be read: " + e);
        }
    }

    /** A text with a tag of Jinja's is the template itself, since no path has one. */
    private String source(String given) throws IOException {
        if (given.contains("{{") || given.contains("{%")) {
            return given;
        }
        try {
            Path file = Path.of(given);
            if (Files.isRegularFile(file)) {
                if (Files.size(file) > 4L * Template.LONGEST) {
                    throw wrong("is a file too large for a chat template");
                }
                return Files.readString(file);
            }
        } catch (InvalidPathException e) {
            // Told below.
        }
        throw wrong("is neither a file nor a text with {{ or {%");
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), "--chat-template " + why);
    }
}
