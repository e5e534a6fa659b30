package dev.sharegpt4v.models.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.grammar.GrammarConstraint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GrammarFileTest {

    private static final Tokenizer TOKENIZER = Tokenizers.demo();
    private static final StructureCompiler COMPILER = new StructureCompiler(TOKENIZER);

    /** As llama.cpp's documentation has it. */
    private static final String ARITHMETIC = """
            root  ::= (expr "=" ws term "\\n")+
            expr  ::= term ([-+*/] term)*
            term  ::= ident | num | "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num   ::= [0-9]+ ws
            ws    ::= [ \\t\\n]*
            """;

    /** As XGrammar's documentation has it, with what both allow. */
    private static final String CHESS = """
            # Specifies chess moves as a list in algebraic notation, using PGN conventions
            root   ::= "1. " move " " move "\\n" ([1-9] [0-9]? ". " move " " move "\\n")+
            move   ::= (pawn | nonpawn | castle) [+#]?
            # piece type, optional file/rank, optional capture, dest file & rank
            nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
            pawn   ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
            castle ::= "O-O" "-O"?
            """;

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void publishedGrammarsReadTheirTexts() {
        assertThat(says(ARITHMETIC, "a1 +(2*b)= 7\n", "x=y\n(1)=2\n")).containsExactly(true, true);
        assertThat(says(ARITHMETIC, "a1 +(2*b= 7\n", "x=\n", "")).containsExactly(false, false, false);
        assertThat(says(CHESS, "1. e4 e5\n2. Nf3 Nc6\n", "1. e4 e5\n12. O-O-O bxa8=Q#\n"))
                .containsExactly(true, true);
        assertThat(says(CHESS, "1. e4 e5\n", "1. e9 e5\n2. a1 a2\n")).containsExactly(false, false);
    }

    @Test
    void textsEscapesClassesAndCountsMeanWhatTheySay() {
        String grammar =
                "root ::= \"\\x41\\u00e9\\\"\" [^\\]a-c\\n] . {2} 'd'{1,3} ([é-ñ]{2,} | other)?\nother::=\"ω\"";
        assertThat(says(grammar, "Aé\"x漢😀d", "Aé\"-\n\nddd", "Aé\"x12dñé", "Aé\"x12ddω"))
                .containsExactly(true, true, true, true);
        assertThat(says(grammar, "Aé\"ax1d", "Aé\"x1d", "Aé\"x12", "Aé\"x12dddd", "Aé\"x12dñ"))
                .containsExactly(false, false, false, false, false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "root ::= \"a\" missing | line 1, column 14",
                "root ::= \"a | line 1, column 10",
                "root ::= [b-a] | line 1, column 11",
                "root ::= (\"a\" | line 1, column 10",
                "root ::= \"a\"{3,1} | line 1, column 13",
                "root ::= \"a\" ? ) | line 1, column 16",
                "root ::= \"\\q\" | line 1, column 11",
                "root = \"a\" | line 1, column 6",
            })
    void mistakesAreToldByLineAndColumn(String grammar, String place) {
        assertThatThrownBy(() -> COMPILER.grammar(grammar))
                .isInstanceOf(StructureException.class)
                .hasMessageContaining(place);
    }

    @Test
    void rulesThatBeginWithThemselvesOrNeverEndAreRefused() {
        assertThatThrownBy(() -> COMPILER.grammar("root ::= list\nlist ::= item? list \",\" | item\nitem ::= \"x\""))
                .hasMessageContaining("'list' at line 2, column 1 begins with itself");
        assertThatThrownBy(() -> COMPILER.grammar("root ::= \"a\" | \"b\" on\non ::= \"c\" on"))
                .hasMessageContaining("no text can ever complete the rule 'on' at line 2, column 1");
        assertThatThrownBy(() -> COMPILER.grammar("root ::= \"a\"\nroot ::= \"b\""))
                .hasMessageContaining("defined twice");
    }

    private static List<Boolean> says(String grammar, String... texts) {
        GrammarConstraint constraint = COMPILER.grammar(grammar);
        return List.of(texts).stream()
                .map(text -> constraint.matches(text.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }
}
