package dev.sharegpt4v.models.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostileTemplatesTest {

    private static Text render(String template) {
        return Template.of(template).render(Map.of("x", Text.foreign("<image></s>")), () -> LocalDateTime.MIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
                "{% set n = namespace(x='aaaaaaaaaa') %}{% for i in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = n.x + n.x %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for i in range(90) %}{% set n.x = [n.x, n.x] %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for i in range(50) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
                "{% set n = namespace(x=[1]) %}{% for i in range(50) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x == n.x }}",
                "{% set n = namespace(x=[1]) %}{% for i in range(50) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x | tojson }}",
                "{% set n = namespace() %}{% set n.n = n %}{{ n }}",
                "{{ 'a' | center(2000000000) }}",
                "{{ 'a' * 2000000000 }}",
                "{{ ('a' * 100000).replace('a', 'b' * 1000000) }}",
                "{{ range(2000000000) | list }}",
                "{{ [[1, 2, 3] * 30000] | map('join', 'x' * 10000) | list }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% set a = 'a' * 1000000 %}{% set b = 'a' * 500000 ~ 'b' %}{% for i in range(1000) %}{{ b in a }}{% endfor %}",
                "{{ 9 ** 9 ** 9 ** 9 }}",
                "{{ ''.__class__.__mro__ }}",
                "{{ x.getClass().forName('java.lang.Runtime') }}",
                "{{ range.__globals__['os'] }}",
                "{% include '/etc/passwd' %}",
                "{% import 'os' as os %}",
                "{{ x.__init__.__globals__ }}",
                "{{ [].append(1) }}",
                "{{ {}.update({}) }}",
            })
    void whatTakesTooMuchOrReachesOutIsRefused(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{1:", "not ", "-", "1+", "1 if ", "a.", "a|upper.", "a[", "f("})
    void whatIsNestedTooDeeplyIsRefused(String part) {
        assertThatThrownBy(() -> render("{{ " + part.repeat(20_000) + "1 }}")).isInstanceOf(JinjaException.class);
        assertThatThrownBy(() -> render("{% if 1 %}".repeat(9_000))).isInstanceOf(JinjaException.class);
    }

    @Test
    void changedTemplatesFailInNoOtherWay() {
        String[] seeds = {
            "{% for m in [1, 2] %}{{ loop.index ~ m }}{% else %}x{% endfor %}{% set a, b = (1, 2) %}{{ a|string ~ b }}",
            "{%- macro f(a, b='c') -%}{{ a[1:2] | upper | default('x', true) }}{%- endmacro -%}{{ f('abc') is string }}",
            "{% if x is defined and 'a' not in x %}{{ {'a': [1, 2.5, none]}|tojson(indent=2) }}{% elif y %}{# c #}{% endif %}",
        };
        Random random = new Random(5);
        String alphabet = "{}%#-+|.,()[]'\"=~*/ \n\\0159abxintfor<>!:";
        int rendered = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(seeds[i % seeds.length]);
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    default -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                }
            }
            try {
                render(text.toString());
                rendered++;
            } catch (JinjaException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(rendered).isBetween(1_000, 19_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ x }}",
                "{{ x | trim }}",
                "{{ x[0:] }}",
                "{{ x.split('>')[0] ~ '>' }}",
                "{{ x | upper | lower }}",
                "{{ x | replace('q', 'z') }}",
                "{{ x | tojson }}",
                "{{ [x] }}",
                "{{ '%s' % x }}",
                "{{ x | list | join }}",
                "{{ x | reverse | reverse }}",
                "{% set n = namespace(y=x) %}{{ n.y }}",
                "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(x) }}",
                "{% filter upper %}{{ x }}{% endfilter %}",
            })
    void aCallersWordsStayACallersWords(String template) {
        Text text = render(template);
        String chars = text.chars().toLowerCase(Locale.ROOT);
        int at = chars.indexOf("<image>");
        assertThat(at).isNotNegative();
        assertThat(text.isForeign(at, at + 7)).isTrue();
    }

    @Test
    void aTemplatesWordsBesideThemAreItsOwn() {
        Text text = render("<image>{{ x }}<image>");
        assertThat(text.chars()).isEqualTo("<image><image></s><image>");
        assertThat(text.isForeign(0, 7)).isFalse();
        assertThat(text.isForeign(7, 14)).isTrue();
        assertThat(text.isForeign(18, 25)).isFalse();
        assertThat(text.isForeign(13, 25)).isTrue();
    }
}
