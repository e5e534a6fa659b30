import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeTypeUtils;

/** Spring AI's client for OpenAI's API against a server: {@code SpringAi URL MODEL}; a line per check. */
public final class SpringAi {

    enum Colour {
        RED,
        BLUE
    }

    record Paint(Colour colour) {}

    private static String url;
    private static String model;

    private static OpenAiChatOptions.Builder options() {
        OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
        options.baseUrl(url + "/v1").apiKey("none").maxRetries(0).maxTokens(40);
        options.model(model).temperature(0.0);
        return options;
    }

    private static OpenAiChatModel chat(OpenAiChatOptions options) {
        return OpenAiChatModel.builder().options(options).build();
    }

    private static UserMessage picture() throws Exception {
        BufferedImage image = new BufferedImage(336, 336, BufferedImage.TYPE_INT_RGB);
        Graphics2D drawn = image.createGraphics();
        drawn.setColor(Color.RED);
        drawn.fillOval(90, 90, 150, 150);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return UserMessage.builder()
                .text("What is it?")
                .media(new Media(MimeTypeUtils.IMAGE_PNG, new ByteArrayResource(png.toByteArray())))
                .build();
    }

    private static boolean streamsAsWhole() throws Exception {
        Prompt asked = new Prompt(List.of(picture()), options().build());
        OpenAiChatModel chat = chat(options().build());
        ChatResponse whole = chat.call(asked);
        String said = String.join(
                "",
                chat.stream(asked).collectList().block().stream()
                        .map(chunk -> chunk.getResult() == null || chunk.getResult().getOutput().getText() == null
                                ? ""
                                : chunk.getResult().getOutput().getText())
                        .toList());
        return !said.isEmpty()
                && said.equals(whole.getResult().getOutput().getText())
                && whole.getMetadata().getUsage().getPromptTokens() > 36;
    }

    private static boolean callsAFunction() {
        FunctionToolCallback<Paint, String> paint = FunctionToolCallback.builder("paint", (Paint asked) -> "painted " + asked.colour())
                .description("Paints it.")
                .inputType(Paint.class)
                .toolMetadata(org.springframework.ai.tool.metadata.ToolMetadata.builder().returnDirect(true).build())
                .build();
        OpenAiChatOptions.Builder options = options();
        options.toolChoice(ChatCompletionToolChoiceOption.ofNamedToolChoice(ChatCompletionNamedToolChoice.builder()
                .function(ChatCompletionNamedToolChoice.Function.builder().name("paint").build())
                .build()));
        options.toolCallbacks(List.of(paint));
        ChatResponse answer = chat(options.build()).call(new Prompt("Paint it.", options.build()));
        return answer.getResult().getOutput().getToolCalls().size() == 1
                || answer.getResult().getOutput().getText().contains("painted");
    }

    private static boolean boundToASchema() throws Exception {
        OpenAiChatOptions.Builder options = options();
        options.responseFormat(OpenAiChatModel.ResponseFormat.builder()
                .type(OpenAiChatModel.ResponseFormat.Type.JSON_SCHEMA)
                .jsonSchema("{\"type\":\"object\",\"properties\":{\"colour\":{\"enum\":[\"red\",\"blue\"]}},"
                        + "\"required\":[\"colour\"],\"additionalProperties\":false}")
                .build());
        String text = chat(options.build()).call(new Prompt(List.of(picture()), options.build())).getResult().getOutput().getText();
        return text.contains("colour");
    }

    private static boolean errorsAreTyped() {
        OpenAiChatOptions.Builder options = options();
        options.model("none");
        try {
            chat(options.build()).call(new Prompt("x", options.build()));
            return false;
        } catch (NotFoundException e) {
            return e.code().orElse("").equals("model_not_found");
        }
    }

    public static void main(String[] arguments) {
        url = arguments[0];
        model = arguments[1];
        Map<String, Callable<Boolean>> checks = new LinkedHashMap<>();
        checks.put("a stream says the same as the whole, about a picture", SpringAi::streamsAsWhole);
        checks.put("a named function is called", SpringAi::callsAFunction);
        checks.put("an answer is bound to a schema", SpringAi::boundToASchema);
        checks.put("errors are typed", SpringAi::errorsAreTyped);
        int failed = 0;
        for (Map.Entry<String, Callable<Boolean>> check : checks.entrySet()) {
            String how;
            try {
                how = check.getValue().call() ? "ok     " : "FAILED ";
            } catch (Exception e) {
                how = "FAILED " + e + " ";
            }
            failed += how.startsWith("ok") ? 0 : 1;
            System.out.println(how + check.getKey());
        }
        System.exit(failed == 0 ? 0 : 1);
    }
}
