package dev.sharegpt4v.server.http;

import java.util.Comparator;
import java.util.List;

/** A finished text and by what it is ranked. */
record Candidate<T>(T choice, double meanLogprob) {

    /** So many of the likeliest; all, in the order in which they were asked for, where no more were drawn. */
    static <T> List<T> best(List<Candidate<T>> said, int count) {
        Comparator<Candidate<T>> likeliest = Comparator.comparingDouble(Candidate::meanLogprob);
        return (count < said.size() ? said.stream().sorted(likeliest.reversed()) : said.stream())
                .limit(count)
                .map(Candidate::choice)
                .toList();
    }
}
