package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.chat.ChatException;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.TemplatedText;
import dev.sharegpt4v.models.jinja.JinjaException;
import dev.sharegpt4v.models.jinja.Json;
import dev.sharegpt4v.models.jinja.Template;
import dev.sharegpt4v.models.jinja.Text;
import dev.sharegpt4v.models.jinja.Value;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.ChatCompletionRequest;
import dev.sharegpt4v.server.openai.TemplateInput;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Prompts by other templates than the package's. */
final class ChatTemplates {

    private static final String CODE = "invalid_chat_template";

    private static final CpuWork CPU = CpuWork.onAQuarter("template");

    private final TemplateRules rules;
    private final TextLimit textLimit;

    ChatTemplates(TemplateRules rules, TextLimit textLimit) {
        this.rules = rules;
        this.textLimit = textLimit;
    }

    /** How a request's messages are rendered, where not by the package's template. */
    Optional<Rendering> of(ChatCompletionRequest chat, String param) {
        Optional<String> asked = chat.form().flatMap(TemplateInput::template);
        if (asked.isEmpty()) {
            return rules.own().map(template -> new Rendering(chat, template, param));
        }
        if (!rules.ofRequests()) {
            throw ApiException.badRequest(
                    "unsupported_parameter",
                    "chat_template",
                    "Unsupported parameter: 'chat_template'. This server takes no templates of requests; its operator"
                            + " can allow them by --trust-request-chat-template.");
        }
        Template template = guarded("chat_template", () -> Template.of(asked.get()));
        return Optional.of(new Rendering(chat, template, "chat_template"));
    }

    /** A request and the template for it. */
    final class Rendering {
        private final ChatCompletionRequest chat;
        private final Template template;
        private final String param;

        private Rendering(ChatCompletionRequest chat, Template template, String param) {
            this.chat = chat;
            this.template = template;
            this.param = param;
        }

        /** The prompt with its pictures, which are in their order in the messages. */
        TemplatedText text(List<ImageInput> images) {
            return guarded(param, () -> {
                Text text = chat.ending() == Conversation.Ending.CONTINUED ? continued() : render(messages());
                textLimit.require(text.chars(), "messages");
                return new TemplatedText(text, images);
            });
        }

        private List<Value> messages() {
            return TemplateInput.messages(chat, template.goesThroughParts());
        }

        private Text render(List<Value> messages) {
            Map<String, Value> variables = new LinkedHashMap<>();
            variables.put("messages", Value.Items.of(messages));
            variables.put("tools", tools());
            variables.put("documents", Value.None.NONE);
            variables.put("add_generation_prompt", Value.Bool.of(chat.ending() == Conversation.Ending.ANSWER));
            variables.put("bos_token", Text.own(TemplatedText.BEGIN));
            variables.put("eos_token", Text.own(TemplatedText.END));
            chat.form()
                    .map(TemplateInput::variables)
                    .orElse(Map.of())
                    .forEach((name, value) -> variables.put(name, Json.value(value)));
            return template.render(variables, LocalDateTime::now);
        }

        private Value tools() {
            List<Value> tools = chat.form().map(TemplateInput::tools).orElse(List.of()).stream()
                    .map(Json::value)
                    .toList();
            return tools.isEmpty() ? Value.None.NONE : Value.Items.of(tools);
        }

        /** As transformers does it: the last message ends with a mark, and the prompt where the mark stands. */
        private Text continued() {
            String mark = "continue-" + UUID.randomUUID();
            List<Value> messages = new ArrayList<>(messages());
            messages.set(messages.size() - 1, marked(messages.getLast(), mark + " "));
            Text text = render(messages);
            int place = text.chars().lastIndexOf(mark);
            if (place < 0) {
                throw new JinjaException("the template does not say the last message, so it cannot be continued");
            }
            int end = place;
            // White space at the end of the message was trimmed.
            if (!text.chars().startsWith(mark + " ", place)) {
                end = text.chars().substring(0, place).stripTrailing().length();
            }
            return text.slice(0, end);
        }

        private static Value marked(Value message, String mark) {
            Value.Dict dict = (Value.Dict) message;
            Map<Value, Value> members = new LinkedHashMap<>(dict.entries());
            members.computeIfPresent(Text.own("content"), (_, content) -> withMark(content, mark));
            return Value.Dict.of(members);
        }

        private static Value withMark(Value content, String mark) {
            if (content instanceof Text text) {
                return text.plus(Text.foreign(mark));
            }
            List<Value> parts = new ArrayList<>(((Value.Items) content).values());
            for (int i = parts.size() - 1; i >= 0; i--) {
                if (parts.get(i) instanceof Value.Dict part
                        && part.entries().get(Text.own("text")) instanceof Text text) {
                    Map<Value, Value> members = new LinkedHashMap<>(part.entries());
                    members.put(Text.own("text"), text.plus(Text.foreign(mark)));
                    parts.set(i, Value.Dict.of(members));
                    return Value.Items.of(parts);
                }
            }
            throw new JinjaException("the last message has no text that could be continued");
        }
    }

    private static <T> T guarded(String param, Supplier<T> work) {
        try {
            return CPU.run(LookAhead.currentClient(), work);
        } catch (JinjaException | ChatException e) {
            throw ApiException.badRequest(CODE, param, "The chat template failed: " + e.getMessage() + ".");
        }
    }
}
