package dev.sharegpt4v.server.bench.mix;

import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Short English words, each of which is one token to most tokenizers of some ten thousand pieces. */
public final class CommonWords implements Words {

    private static final String[] WORDS = ("the of and to in is that for it as was with be by on not he his but at are"
                    + " this have an had they you were their one all we can her has there been if more when will would who"
                    + " so no out up into than them only some could time these two may then do first any my now such like"
                    + " our over man me even most made after also did many off before must well back through years much"
                    + " where your way down should because long each just state those people too how little good world make"
                    + " very year still see own work men day get here old life both between being under three never know"
                    + " same last another while us might great go come since against right came take used few house use"
                    + " place during high without again home around small however found went say part once general school"
                    + " every left number course war until always away something fact water though less public put think"
                    + " almost hand enough far took head yet system set better told nothing night end why")
            .split(" ");

    @Override
    public String ofTokens(int tokens, RandomGenerator random) {
        return IntStream.range(0, tokens)
                .mapToObj(_ -> WORDS[random.nextInt(WORDS.length)])
                .collect(Collectors.joining(" "));
    }
}
