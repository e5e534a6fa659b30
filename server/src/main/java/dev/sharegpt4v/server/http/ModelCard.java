package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.lifecycle.ModelSlot;
import dev.sharegpt4v.server.openai.WireWriter;

/** A model as {@code /v1/models} tells it; {@code status} has the form of llama.cpp's server. */
final class ModelCard {

    private ModelCard() {}

    static ObjectNode of(ModelSource source, ModelSlot<ModelEndpoints> slot, long created, boolean withState) {
        int positions = slot.peek().map(ModelEndpoints::positions).orElseGet(source.contextLength()::getAsInt);
        ObjectNode card = WireWriter.modelCard(source.name(), created, positions);
        if (withState) {
            card.putObject("status").put("value", slot.state().wireName());
        }
        return card;
    }
}
