package dev.sharegpt4v.models.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maps the tensor names of every known layout to canonical ones, see {@link TensorSource}.
 *
 * <p>Layouts: as ShareGPT4V and LLaVA-1.5 published them; as converted for transformers, before 4.52 and since, with the
 * in-memory names that some versions leaked into files; peft's prefix in front of all of them.
 */
final class TensorNames {

    private static final String PEFT_PREFIX = "base_model.model.";
    private static final List<String> VISION_PREFIXES = List.of(
            "vision_tower.vision_tower.vision_model.", "vision_tower.vision_model.", "vision_tower.", "vision_model.");
    private static final Pattern VISION = Pattern.compile("(embeddings|pre_layrnorm|encoder|post_layernorm)\\..+");
    private static final Pattern PROJECTOR = Pattern.compile("(?:model\\.)?(?:mm_projector|multi_modal_projector)\\."
            + "(?:(?<index>\\d{1,3})\\.|linear_(?<number>\\d{1,3})\\.)?(?<kind>weight|bias)");
    private static final Pattern TEXT = Pattern.compile(
            "(?:model\\.language_model\\.model\\.|model\\.language_model\\.|"
                    + "language_model\\.model\\.|language_model\\.|model\\.)?(?<rest>(?:embed_tokens|layers|norm)\\..+)");
    private static final Pattern HEAD = Pattern.compile("(?:.+\\.)?lm_head\\.weight");
    private static final Pattern IGNORED = Pattern.compile(
            "(?:.+\\.)?(?:rotary_emb\\.inv_freq|position_ids|text_projection\\.weight|visual_projection\\.weight"
                    + "|logit_scale|image_newline)|text_model\\..+");
    private static final Pattern ADAPTER = Pattern.compile(".+\\.lora_(?:A|B|embedding_A|embedding_B)(?:\\..+)?");

    private TensorNames() {}

    /** Whether a tensor is known and not needed, such as stored rotary frequencies or the text half of a CLIP file. */
    static boolean isIgnored(String name) {
        return IGNORED.matcher(name).matches();
    }

    /** Whether a tensor is a low-rank change to another model's weights. */
    static boolean isAdapter(String name) {
        return ADAPTER.matcher(name).matches();
    }

    /** Whether peft put its prefix before every name. */
    static boolean allHavePeftPrefix(Set<String> names) {
        return names.stream().allMatch(name -> name.startsWith(PEFT_PREFIX));
    }

    static String withoutPeftPrefix(String name) {
        return name.substring(PEFT_PREFIX.length());
    }

    /** The canonical name, or empty when the name belongs to no known layout. */
    static Optional<String> canonical(String name) {
        Optional<String> vision = vision(name);
        if (vision.isPresent()) {
            return vision;
        }
        Matcher projector = PROJECTOR.matcher(name);
        if (projector.matches()) {
            return projectorLayer(projector).map(layer -> "projector." + layer + "." + projector.group("kind"));
        }
        if (HEAD.matcher(name).matches()) {
            return Optional.of("lm_head.weight");
        }
        Matcher text = TEXT.matcher(name);
        return text.matches() ? Optional.of("text." + text.group("rest")) : Optional.empty();
    }

    /** The canonical name of a tensor that stands in a vision tower's own file. */
    static Optional<String> canonicalInTower(String name) {
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

    /** Linear layers count from 1; in the published layout every second module is an activation without tensors. */
    private static Optional<Integer> projectorLayer(Matcher matcher) {
        if (matcher.group("number") != null) {
            return Optional.of(Integer.parseInt(matcher.group("number")));
        }
        int index = matcher.group("index") == null ? 0 : Integer.parseInt(matcher.group("index"));
        return index % 2 == 0 ? Optional.of(index / 2 + 1) : Optional.empty();
    }
}
