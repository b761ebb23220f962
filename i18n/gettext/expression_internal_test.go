package gettext

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
)

func TestPluralExpressions(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]map[int]int{
		"nplurals=1; plural=0":                            {0: 0, 1: 0, 1000: 0},
		"nplurals=2; plural=(n != 1);\n":                  {0: 1, 1: 0, 2: 1},
		"nplurals=2;plural=n>1":                           {0: 0, 1: 0, 2: 1},
		" nplurals = 2 ; plural = ! ( n == 1 ) ":          {0: 1, 1: 0},
		"nplurals=2; plural=!n":                           {0: 1, 1: 0},
		"nplurals=3; plural=n==1?0:n==2?1:2;":             {1: 0, 2: 1, 3: 2},
		"nplurals=3; plural=n==1 || n==2 && n==3 ? 0 : 2": {1: 0, 2: 2},
		"nplurals=6; plural=(n+2*3)%6":                    {0: 0, 1: 1, 5: 5},
		"nplurals=6; plural=(n-n)*1 + 10/2 - 3*1":         {0: 2},
		"nplurals=2; plural=n%2 == 1":                     {0: 0, 1: 1},
		"nplurals=2; plural=n!=0 && 10/n > 2":             {0: 0, 1: 1, 5: 0},
		"nplurals=2; plural=1 ? n==1 ? 0 : 1 : 0":         {1: 0, 2: 1},
		"nplurals=2; plural=n<=1>=1 ? 0 : 1;":             {0: 0, 1: 0, 2: 1},
		knownForms[9]:                                     {1: 0, 21: 0, 11: 2, 2: 1, 12: 2, 5: 2, 111: 2},
	} {
		f, err := parseForms(header)
		require.NoError(t, err, header)
		for n, form := range want {
			got, err := f.index(n)
			require.NoError(t, err, header)
			require.Equal(t, form, got, "%s for %d", header, n)
		}
	}
	for header, want := range map[string]string{
		"":                                                "nplurals is missing",
		"nplurals=2;":                                     "plural is missing",
		"plural=0;":                                       "nplurals is missing",
		"nplurals=0; plural=0":                            "nplurals is not a number from 1 to 6",
		"nplurals=7; plural=0":                            "nplurals is not a number from 1 to 6",
		"nplurals=x; plural=0":                            "nplurals is not a number from 1 to 6",
		"nplurals=2; plural=n":                            "plural has no form from 0 to 1 for the number 2",
		"nplurals=2; plural=n-1":                          "plural has no form from 0 to 1 for the number 0",
		"nplurals=2; plural=10/n":                         "plural has no form from 0 to 1 for the number 0",
		"nplurals=2; plural=n%0":                          "plural has no form",
		"nplurals=2; plural=n ==":                         "plural ends in the middle",
		"nplurals=2; plural=(n==1":                        "plural lacks a closing parenthesis",
		"nplurals=2; plural=n==1 ? 0":                     "plural lacks a colon after ?",
		"nplurals=2; plural=n=1":                          "plural has something after its end",
		"nplurals=2; plural=m != 1":                       "plural has something that it cannot have",
		"nplurals=2; plural=n != 1 x":                     "plural has something after its end",
		"nplurals=2; plural=99999999999999":               "plural has a number that is too large",
		"nplurals=2; plural=" + strings.Repeat("(", 900):  "plural has too many parts within each other",
		"nplurals=2; plural=" + strings.Repeat("!", 900):  "plural has too many parts within each other",
		"nplurals=2; plural=" + strings.Repeat("0", 1001): "plural is longer than 1000 characters",
	} {
		_, err := parseForms(header)
		require.ErrorContains(t, err, want, header)
	}
}

// Every language of the platform that has plurals can be exported.
func TestEveryLanguageHasAnExpression(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../testdata/plurals.tsv")
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		name, _, _ := strings.Cut(line, "\t")
		if formsOf(language.MustParse(name)).source == "" {
			t.Errorf("none for %s", name)
		}
	}
	for _, source := range knownForms {
		_, err := parseForms(source)
		require.NoError(t, err, source)
	}
}

func FuzzParseForms(f *testing.F) {
	for _, source := range knownForms {
		f.Add(source, 3)
	}
	f.Fuzz(func(t *testing.T, header string, n int) {
		forms, err := parseForms(header)
		if err != nil {
			return
		}
		_, _ = forms.index(n)
		i, err := forms.index(7)
		require.NoError(t, err)
		require.True(t, 0 <= i && i < forms.count)
	})
}
