/** LangChain4j's own conformance tests over an engine that says what a script tells it. */
@NullMarked
package dev.sharegpt4v.models.langchain4j;

import org.jspecify.annotations.NullMarked;
