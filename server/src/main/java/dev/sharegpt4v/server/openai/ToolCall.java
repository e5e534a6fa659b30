package dev.sharegpt4v.server.openai;

/**
 * A call of a function.
 *
 * @param id by which its result is known
 * @param name of the function
 * @param arguments as JSON
 */
public record ToolCall(String id, String name, String arguments) {}
