package dev.sharegpt4v.server.http;

/**
 * What runs the model, as {@code /health/ready} tells it.
 *
 * @param name such as {@code cpu} or {@code cuda:0}
 * @param provider ONNX Runtime's name for what runs the graphs
 * @param description for people, with the GPU's name
 */
public record ServedDevice(String name, String provider, String description) {}
