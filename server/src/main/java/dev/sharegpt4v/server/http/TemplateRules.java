package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.jinja.Template;
import java.util.Optional;

/**
 * Which templates make prompts of chats.
 *
 * @param own the operator's, instead of the package's
 * @param ofRequests whether requests may bring their own
 */
public record TemplateRules(Optional<Template> own, boolean ofRequests) {

    /** The package's alone. */
    public static final TemplateRules DEFAULT = new TemplateRules(Optional.empty(), false);
}
