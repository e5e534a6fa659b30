/**
 * JSON Schemas, regular expressions, lists of choices and grammar files to grammars over bytes.
 *
 * <p>Owns what each of them means. What a compiler accepts it takes exactly: every text of its grammar is valid, and what it
 * cannot express it refuses by the place of what it does not support. Work is counted, so nothing that a stranger sends can
 * hold it up.
 */
@NullMarked
package dev.sharegpt4v.models.structured;

import org.jspecify.annotations.NullMarked;
