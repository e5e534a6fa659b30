package dev.sharegpt4v.models.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maps the tensor names of every known layout to canonical ones, see {@link TensorSource}.
 *
 * <p>Layouts: as ShareGPT4V and LLaVA-1.5 published them; as converted for transformers, before 4.52 and since, with the
 * in-memory names that some versions leaked into files; peft's prefix in front of any of them.
 */
final class TensorNames {

    private static final String PEFT_PREFIX = "base_model.model.";
    private static final List<String> VISION_PREFIXES = List.of(
            "vision_tower.vision_tower.vision_model.", "vision_tower.vision_model.", "vision_tower.", "vision_model.");
    private static final Pattern VISION = Pattern.compile("(embeddings|pre_layrnorm|encoder|post_layernorm)\\..+");
    private static final Pattern PROJECTOR = Pattern.compile("(?:model\\.)?(?:mm_projector|multi_modal_projector)\\."
            + "(?:(?<index>\\d+)\\.|linear_(?<number>\\d+)\\.|linear\\.)?(?<kind>weight|bias)");
    private static final Pattern TEXT = Pattern.compile(
            "(?:model\\.language_model\\.model\\.|model\\.language_model\\.|"
                    + "language_model\\.model\\.|language_model\\.|model\\.)?(?<rest>(?:embed_tokens|layers|norm)\\..+)");

    private TensorNames() {}

    /** Whether a tensor is known and not needed, such as stored rotary frequencies. */
    static boolean isIgnored(String name) {
        return name.endsWith(".rotary_emb.inv_freq")
                || name.endsWith(".position_ids")
                || name.endsWith("position_ids")
                || name.endsWith("text_projection.weight")
                || name.endsWith("visual_projection.weight")
                || name.endsWith("logit_scale")
                || name.startsWith("text_model.")
                || name.endsWith("image_newline");
    }

    /** The name without the prefix that peft puts before every name. */
    static String withoutPeft(String name) {
        return name.startsWith(PEFT_PREFIX) ? name.substring(PEFT_PREFIX.length()) : name;
    }

    /** The canonical name, or empty when the name belongs to no known layout. */
    static Optional<String> canonical(String fileName) {
        String name = withoutPeft(fileName);
        Optional<String> vision = vision(name);
        if (vision.isPresent()) {
            return vision;
        }
        Matcher projector = PROJECTOR.matcher(name);
        if (projector.matches()) {
            return Optional.of("projector." + projectorLayer(projector) + "." + projector.group("kind"));
        }
        if (name.endsWith("lm_head.weight")) {
            return Optional.of("lm_head.weight");
        }
        Matcher text = TEXT.matcher(name);
        return text.matches() ? Optional.of("text." + text.group("rest")) : Optional.empty();
    }

    /** The canonical name of a tensor that stands in a vision tower's own file. */
    static Optional<String> canonicalInTower(String fileName) {
        String name = withoutPeft(fileName);
        Optional<String> vision = vision(name);
        if (vision.isPresent()) {
            return vision;
        }
        return VISION.matcher(name).matches() ? Optional.of("vision." + name) : Optional.empty();
    }

    private static Optional<String> vision(String name) {
        for (String prefix : VISION_PREFIXES) {
            int at = name.lastIndexOf(prefix);
            if (at == 0 || (at > 0 && name.charAt(at - 1) == '.')) {
                String rest = name.substring(at + prefix.length());
                return VISION.matcher(rest).matches() ? Optional.of("vision." + rest) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Linear layers count from 1; in the published layout every second module is an activation. */
    private static int projectorLayer(Matcher matcher) {
        if (matcher.group("index") != null) {
            return parse(matcher.group("index")) / 2 + 1;
        }
        return matcher.group("number") == null ? 1 : parse(matcher.group("number"));
    }

    private static int parse(String digits) {
        return digits.length() > 4 ? Integer.MAX_VALUE / 4 : Integer.parseInt(digits);
    }
}
