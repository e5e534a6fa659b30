/** Files that are whole or not there, whenever a process is killed, and locks that die with their process. */
@NullMarked
package dev.sharegpt4v.runtime.storage;

import org.jspecify.annotations.NullMarked;
