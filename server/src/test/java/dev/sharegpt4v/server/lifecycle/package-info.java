@NullMarked
package dev.sharegpt4v.server.lifecycle;

import org.jspecify.annotations.NullMarked;
