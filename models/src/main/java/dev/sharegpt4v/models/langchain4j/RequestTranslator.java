package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.sharegpt4v.models.chat.ChatException;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.image.ImageException;
import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Scheduling;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** LangChain4j's requests to the engine's; what the model cannot do is refused, nothing is dropped. */
final class RequestTranslator {

    private final EngineParts parts;
    private final AnswerForms forms;

    RequestTranslator(EngineParts parts) {
        this.parts = parts;
        this.forms = new AnswerForms(parts.tokenizer());
    }

    /**
     * One request, ready for the engine.
     *
     * @param request to submit
     * @param decoder for its tokens
     */
    record Question(GenerationRequest request, AnswerDecoder decoder) {}

    Question translate(ChatRequest request) {
        ChatRequestParameters parameters = request.parameters();
        requireSupported(parameters);
        Optional<TokenConstraint> form = forms.of(parameters.responseFormat());
        Prompt prompt = parts.prompts().build(conversation(request.messages()));
        Set<Integer> ends = Set.copyOf(parts.defaults().endTokens());
        List<String> stops = new ArrayList<>(parameters.stopSequences());
        // A text that is bound to a form ends where the form does.
        if (form.isEmpty()) {
            stops.addAll(parts.prompts().template().stopStrings());
        }
        String id = "chatcmpl-" + UUID.randomUUID().toString().replace("-", "");
        return new Question(
                new GenerationRequest(
                        id,
                        prompt,
                        sampling(parameters),
                        stopRule(parameters, prompt, ends),
                        Scheduling.DEFAULT,
                        OptionalInt.empty(),
                        form),
                new AnswerDecoder(parts.tokenizer(), stops, ends));
    }

    /** Refuses what no request to this model can ask. */
    void requireSupported(ChatRequestParameters parameters) {
        String name = parameters.modelName();
        if (name != null && !name.equals(parts.name())) {
            throw Failures.unsupported("'modelName' of another model than " + parts.name() + " is");
        }
        if (parameters.toolChoice() == ToolChoice.REQUIRED) {
            throw Failures.unsupported("ToolChoice.REQUIRED is");
        }
        if (!parameters.toolSpecifications().isEmpty()) {
            throw Failures.unsupported("tools are");
        }
        forms.of(parameters.responseFormat());
    }

    private Conversation conversation(List<ChatMessage> messages) {
        try {
            return new Conversation(messages.stream().map(this::message).toList());
        } catch (ChatException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
    }

    private Message message(ChatMessage message) {
        return switch (message) {
            case SystemMessage system -> Message.of(Role.SYSTEM, system.text());
            case UserMessage user ->
                new Message(Role.USER, user.contents().stream().map(this::part).toList());
            case AiMessage ai when ai.hasToolExecutionRequests() -> throw Failures.unsupported("tool calls are");
            case AiMessage ai -> Message.of(Role.ASSISTANT, ai.text() == null ? "" : ai.text());
            default -> throw Failures.unsupported("messages of type " + message.type() + " are");
        };
    }

    private ContentPart part(Content content) {
        return switch (content) {
            case TextContent text -> new ContentPart.Text(text.text());
            case ImageContent image -> image(image);
            default -> throw Failures.unsupported("content of type " + content.type() + " is");
        };
    }

    private ContentPart image(ImageContent content) {
        try {
            byte[] file = Base64.getMimeDecoder().decode(base64(content));
            return new ContentPart.Image(
                    parts.images().prepare(file, parts.imageLimits(), Orientation.APPLY, parts.imageFeatureRows()));
        } catch (ImageException | IllegalArgumentException e) {
            throw new InvalidRequestException("the image is not one: " + e.getMessage(), e);
        }
    }

    /** The program fetches pictures itself, as it sees fit: nothing here opens a connection. */
    private static String base64(ImageContent content) {
        String data = content.image().base64Data();
        if (data != null) {
            return data;
        }
        URI url = content.image().url();
        String text = url == null ? "" : url.toString();
        int comma = text.indexOf(";base64,");
        if (!text.startsWith("data:") || comma < 0) {
            throw Failures.unsupported("image URLs other than data URIs are");
        }
        return text.substring(comma + ";base64,".length());
    }

    private SamplingOptions sampling(ChatRequestParameters asked) {
        try {
            return new SamplingOptions(
                    (float) or(
                            asked.temperature(), parts.defaults().temperature().orElse(1.0)),
                    asked.topK() == null ? parts.defaults().topK().orElse(0) : asked.topK(),
                    // Nothing but the likeliest token is left at 0, so it is greedy in effect.
                    (float) Math.max(
                            1e-9, or(asked.topP(), parts.defaults().topP().orElse(1.0))),
                    0,
                    parts.defaults().repetitionPenalty().orElse(1.0).floatValue(),
                    (float) or(asked.presencePenalty(), 0),
                    (float) or(asked.frequencyPenalty(), 0),
                    OptionalLong.empty());
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
    }

    private static double or(@Nullable Double asked, double usual) {
        return asked == null ? usual : asked;
    }

    private StopRule stopRule(ChatRequestParameters asked, Prompt prompt, Set<Integer> ends) {
        int room = parts.positions() - prompt.length();
        if (room < 1) {
            throw new InvalidRequestException("the prompt takes %d positions, and the context has %d"
                    .formatted(prompt.length(), parts.positions()));
        }
        Integer most = asked.maxOutputTokens();
        if (most != null && most < 1) {
            throw new InvalidRequestException("'maxOutputTokens' must be at least 1, not " + most);
        }
        return new StopRule(most == null ? room : Math.min(room, most), 0, ends);
    }
}
