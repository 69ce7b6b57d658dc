namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>What a run is asked to do.</summary>
internal sealed record Options
{
    public const string Usage = """
        compare [--only credentials,status,logins,issuance,start] [--rounds N] [--json FILE] [--server netid.dll] [--smoke]
          --only     these parts alone
          --rounds   how often each measure is taken, in turns (5)
          --json     writes the table, and what it was made of, to a file
          --server   a published netid.dll; else the server is published anew
          --smoke    once, and little of each: shows that all of it still runs, and measures nothing
        """;

    public IReadOnlyList<string> Parts { get; private init; } = ["credentials", "status", "logins", "issuance", "start"];

    public int Rounds { get; private init; } = 5;

    public string? Json { get; private init; }

    public string? Server { get; private init; }

    public bool IsSmoke { get; private init; }

    /// <summary>How many of something: in a smoke run, a few.</summary>
    public int Count(int count) => IsSmoke ? Math.Max(2, count / 50) : count;

    /// <summary>The options; null where they are wrong.</summary>
    public static Options? Read(IReadOnlyList<string> args)
    {
        var options = new Options();
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i], i + 1 < args.Count ? args[i + 1] : null)
            {
                case ("--smoke", _):
                    options = options with { IsSmoke = true, Rounds = 1 };
                    continue;
                case ("--only", { } parts) when parts.Split(',').All(new Options().Parts.Contains):
                    options = options with { Parts = parts.Split(',') };
                    break;
                case ("--rounds", { } text) when int.TryParse(text, out var rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    break;
                case ("--json", { } file):
                    options = options with { Json = Path.GetFullPath(file) };
                    break;
                case ("--server", { } file) when File.Exists(file):
                    options = options with { Server = Path.GetFullPath(file) };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options;
    }
}
