/** Text and pixels in, prompts out; checkpoints in, model packages out. Knows no HTTP and no scheduling. */
@NullMarked
package dev.sharegpt4v.models;

import org.jspecify.annotations.NullMarked;
