package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.image.RgbImage;
import dev.sharegpt4v.runtime.engine.Prompt;
import java.util.List;

/** A few fixed questions about drawn pictures, on which packages are compared. */
final class CalibrationPrompts {

    private static final int SIDE = 224;
    private static final List<String> QUESTIONS = List.of(
            "Analyze the image in a comprehensive and detailed manner.",
            "How many objects are there, and where are they?",
            "What colors can you see?",
            "Describe the picture in one sentence.");

    private CalibrationPrompts() {}

    /** The prompts, as the model's own template and preprocessing make them. */
    static List<Prompt> of(LoadedModel model) {
        return QUESTIONS.stream()
                .map(question -> {
                    RgbImage picture = picture(QUESTIONS.indexOf(question));
                    Message message = new Message(
                            Role.USER,
                            List.of(
                                    new ContentPart.Image(model.images().process(picture, model.imageFeatureRows())),
                                    new ContentPart.Text(question)));
                    return model.prompts().build(new Conversation(List.of(message)));
                })
                .toList();
    }

    /** A disc and a bar on a plain ground, in other colours and places for each number. */
    private static RgbImage picture(int number) {
        int[] palette = {0xe8e4d8, 0xc8281e, 0x1e50c8, 0x28963c, 0xf0c81e, 0x202020};
        int ground = palette[number % 2 == 0 ? 0 : 5];
        int disc = palette[1 + number % 4];
        int bar = palette[1 + (number + 2) % 4];
        int radius = SIDE / 8 + number * SIDE / 32;
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int dx = x - SIDE / 3;
                int dy = y - SIDE / 4 - number * SIDE / 10;
                int colour = ground;
                if (dx * dx + dy * dy < radius * radius) {
                    colour = disc;
                } else if (x > SIDE * 5 / 8 && x < SIDE * 7 / 8 && y > SIDE / 2 - number * SIDE / 10) {
                    colour = bar;
                }
                int at = (y * SIDE + x) * 3;
                rgb[at] = (byte) (colour >> 16);
                rgb[at + 1] = (byte) (colour >> 8);
                rgb[at + 2] = (byte) colour;
            }
        }
        return new RgbImage(SIDE, SIDE, rgb);
    }
}
