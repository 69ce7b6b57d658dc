using System.Globalization;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>What a run is asked to do.</summary>
internal sealed record Options
{
    public const string Usage = """
        compare [--only credentials,w3c,status,station,logins,issuance,start,storage,log,scale,revoked,soak] [--rounds N] [--minutes N] [--json FILE] [--server netid.dll] [--smoke]
          --only     these parts alone; else all but the soak
          --rounds   how often each measure is taken, in turns (5)
          --minutes  how long the soak takes (60)
          --json     writes the table, and what it was made of, to a file
          --server   a published netid.dll; else the server is published anew
          --smoke    once, and little of each: shows that all of it still runs, and measures nothing
        """;

    private static readonly string[] All = ["credentials", "w3c", "status", "station", "logins", "issuance", "start", "storage", "log", "scale", "revoked", "soak"];

    public IReadOnlyList<string> Parts => Chosen ?? (IsSmoke ? All : [.. All.Except(["soak"])]);

    public int Rounds { get; private init; } = 5;

    public double Minutes { get; private init; } = 60;

    public string? Json { get; private init; }

    public string? Server { get; private init; }

    public bool IsSmoke { get; private init; }

    private IReadOnlyList<string>? Chosen { get; init; }

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
                    options = options with { IsSmoke = true, Rounds = 1, Minutes = 0.15 };
                    continue;
                case ("--only", { } parts) when parts.Split(',').All(All.Contains):
                    options = options with { Chosen = parts.Split(',') };
                    break;
                case ("--rounds", { } text) when int.TryParse(text, out var rounds) && rounds > 0:
                    options = options with { Rounds = rounds };
                    break;
                case ("--minutes", { } text) when double.TryParse(text, CultureInfo.InvariantCulture, out var minutes) && minutes > 0:
                    options = options with { Minutes = minutes };
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
