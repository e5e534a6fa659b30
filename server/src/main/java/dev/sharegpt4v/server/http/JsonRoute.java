package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;

/** A route whose question is one JSON body, wherever that came from: a request, or a line of a batch. */
interface JsonRoute {

    /**
     * Answers.
     *
     * @param reply gets the answer of status 200
     * @param client who may hang up meanwhile
     * @throws dev.sharegpt4v.server.openai.ApiException any other answer
     */
    void answer(JsonNode body, Reply reply, Client client) throws InterruptedException;
}
