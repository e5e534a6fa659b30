/** When a model is in memory: states, who uses it, loading and unloading. Knows neither HTTP nor what a model is made of. */
@NullMarked
package dev.sharegpt4v.server.lifecycle;

import org.jspecify.annotations.NullMarked;
