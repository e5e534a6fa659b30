package dev.sharegpt4v.server.http;

import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Where a model comes from.
 *
 * @param name that clients ask for
 * @param contextLength gives the positions that it can have at most, while it is not in memory
 * @param opener loads it, which takes long; its exceptions say to the operator why it could not
 */
public record ModelSource(String name, IntSupplier contextLength, Supplier<OpenedModel> opener) {}
