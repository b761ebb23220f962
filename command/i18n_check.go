package command

import (
	"context"
	"slices"

	"github.com/urfave/cli/v3"
)

func i18nCheck(config Config) *cli.Command {
	return common(config, &cli.Command{
		Name:      "check",
		Usage:     "report by language what is missing, wrong, too long or not used",
		ArgsUsage: "[PACKAGE...]",
		Description: "The texts are those of the source catalogue, of the Go packages (default ./...), and of the files.\n" +
			"Mistakes are: a catalogue that cannot be read, placeholders and plural forms that are wrong, and a translation that\n" +
			"is longer than the platform takes. Warnings are: texts that a language lacks, entries that nothing uses, keys\n" +
			"without a text, and texts that are the same as in the source language, which may be right, as in \"OK\".\n" +
			"The exit code is 0 without mistakes, 1 with one, and 2 if the command line is wrong. With --strict the\n" +
			"warnings are mistakes too, except texts that are the same.",
		Flags: slices.Concat(catalogFlags(), codeFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "strict", Usage: "fail if a text is missing, not used, or a key without a text"},
			asJSON(),
		}),
		Action: func(ctx context.Context, cmd *cli.Command) error { return runI18nCheck(ctx, config, cmd) },
	})
}

func runI18nCheck(ctx context.Context, config Config, cmd *cli.Command) error {
	c, mistakes, err := readCatalogs(cmd)
	if err != nil {
		return err
	}
	all := &found{}
	used := !cmd.Bool("no-code") || cmd.IsSet("policy") || cmd.IsSet("settings")
	if used {
		if all, err = textsOf(ctx, config, cmd); err != nil {
			return err
		}
	}
	r := newReport(c, all, mistakes, used)
	r.OK = r.ok(cmd.Bool("strict"))
	if cmd.Bool("json") {
		err = writeJSON(config.Out, r)
	} else {
		err = r.print(config)
	}
	if err == nil && !r.OK {
		err = reportedError{}
	}
	return err
}
