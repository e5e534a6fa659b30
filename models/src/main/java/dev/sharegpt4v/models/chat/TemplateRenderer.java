package dev.sharegpt4v.models.chat;

import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.ArrayList;
import java.util.List;

/** Renders a conversation to segments: text between images and end tokens. */
final class TemplateRenderer {

    private final ChatTemplate template;
    private final Conversation.Ending ending;
    private final List<Segment> segments = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private boolean afterSpecial;

    private TemplateRenderer(ChatTemplate template, Conversation.Ending ending) {
        this.template = template;
        this.ending = ending;
    }

    static List<Segment> render(ChatTemplate template, Conversation conversation) {
        TemplateRenderer renderer = new TemplateRenderer(template, conversation.ending());
        List<Message> turns = conversation.messages().stream()
                .filter(message -> message.role() != Role.SYSTEM)
                .toList();
        renderer.render(systemText(template, conversation), turns);
        renderer.flush();
        return renderer.segments;
    }

    private static String systemText(ChatTemplate template, Conversation conversation) {
        List<String> given = conversation.messages().stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .flatMap(message -> message.texts().stream())
                .toList();
        return given.isEmpty() ? template.system() : String.join(template == ChatTemplate.LLAVA_HF ? " " : "\n", given);
    }

    private void render(String system, List<Message> turns) {
        switch (template) {
            case VICUNA_V1, LLAVA_V1 -> two(system, turns);
            case LLAVA_V0 -> single(system, turns);
            case LLAVA_HF -> converted(system, turns);
            case PLAIN -> turns.forEach(this::content);
        }
    }

    /** A space after the user's words, the end token right after the assistant's. */
    private void two(String system, List<Message> turns) {
        text.append(system).append(' ');
        for (int i = 0; i < turns.size(); i++) {
            Message turn = turns.get(i);
            if (turn.role() == Role.USER) {
                text.append(template.user()).append(": ");
                content(turn);
                text.append(' ');
            } else {
                text.append(template.assistant()).append(": ").append(turn.text());
                if (!isOpen(i, turns)) {
                    end();
                }
            }
        }
        close(turns);
    }

    private void single(String system, List<Message> turns) {
        text.append(system).append("###");
        for (int i = 0; i < turns.size(); i++) {
            Message turn = turns.get(i);
            text.append(turn.role() == Role.USER ? template.user() : template.assistant())
                    .append(": ");
            content(turn);
            text.append(isOpen(i, turns) ? "" : "###");
        }
        close(turns);
    }

    /** As chat_template.json has it: a newline after every picture, a space after every text, nothing trimmed. */
    private void converted(String system, List<Message> turns) {
        text.append(system.isEmpty() ? "" : system + " ");
        for (int i = 0; i < turns.size(); i++) {
            Message turn = turns.get(i);
            text.append(turn.role() == Role.USER ? template.user() : template.assistant())
                    .append(": ");
            for (ImageInput image : turn.images()) {
                flush();
                segments.add(new Segment.Image(image));
                text.append('\n');
            }
            if (isOpen(i, turns)) {
                text.append(String.join(" ", turn.texts()));
            } else {
                turn.texts().forEach(words -> text.append(words).append(' '));
            }
        }
        close(turns);
    }

    private boolean isOpen(int index, List<Message> turns) {
        return ending == Conversation.Ending.CONTINUED && index == turns.size() - 1;
    }

    /** The words that make the model answer; nothing after words that it is to go on with. */
    private void close(List<Message> turns) {
        if (ending == Conversation.Ending.ANSWER) {
            text.append(template.assistant()).append(':');
        } else if (ending == Conversation.Ending.CONTINUED
                && turns.getLast().text().isEmpty()) {
            // As where no words are given: the model's own begin with a space.
            text.setLength(text.length() - 1);
        }
    }

    /** Pictures first, then a newline, then the words without outer white space: the form of training. */
    private void content(Message turn) {
        List<ImageInput> images = turn.images();
        if (images.isEmpty()) {
            text.append(turn.text());
            return;
        }
        for (ImageInput image : images) {
            flush();
            segments.add(new Segment.Image(image));
        }
        text.append('\n').append(turn.text().strip());
    }

    private void end() {
        flush();
        segments.add(new Segment.End());
        afterSpecial = true;
    }

    private void flush() {
        if (!text.isEmpty()) {
            segments.add(new Segment.Text(text.toString(), afterSpecial));
            text.setLength(0);
        }
        afterSpecial = false;
    }
}
