package dev.sharegpt4v.server.http;

/**
 * What the endpoints of a model share.
 *
 * @param model that is served
 * @param limits of a request
 * @param gate that bounds the requests under way
 * @param images brings pictures in
 * @param textLimit refuses what can never fit
 * @param identity of the server
 */
record EndpointParts(
        ServedModel model,
        HttpLimits limits,
        AdmissionGate gate,
        ImageIntake images,
        TextLimit textLimit,
        Identity identity) {

    /** The same for requests that nobody waits for; their caller bounds them. */
    EndpointParts inBackground() {
        return new EndpointParts(model, limits.inBackground(), gate.unbounded(), images, textLimit, identity);
    }
}
