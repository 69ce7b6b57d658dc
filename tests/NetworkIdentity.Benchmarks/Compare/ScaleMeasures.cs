using System.Diagnostics;
using System.Security.Cryptography;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>An issue in a nation of a million against one in a nation of a thousand, on each engine; and how large the million is.</summary>
internal sealed class ScaleMeasures(Func<string, string> folder, Options options, Action<string> say)
{
    private readonly string _secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private int Many => options.IsSmoke ? 2_000 : 1_000_000;

    private int Few => options.IsSmoke ? 100 : 1_000;

    public async Task<IReadOnlyList<Row>> TakeAsync()
    {
        var rows = new List<Row>(await TakeAsync("SQLite", name => $"Data Source={Path.Combine(folder($"scale-{name}"), "netid.db")}"));
        if (PostgresCluster.IsThere)
        {
            using var cluster = new PostgresCluster();
            rows.AddRange(await TakeAsync("PostgreSQL", _ => cluster.NewDatabase()));
        }
        else
        {
            say("scale: PostgreSQL is absent; its rows are left out");
        }

        return rows;
    }

    private async Task<IReadOnlyList<Row>> TakeAsync(string engine, Func<string, string> place)
    {
        var (small, large) = (place("few"), place("many"));
        await PopulateAsync(small, Few, engine);
        var wire = await PopulateAsync(large, Many, engine);
        var size = (double)Population.Size(large) / Many;
        await using var few = await CoreNation.OpenAsync(small, _secret);
        await using var many = await CoreNation.OpenAsync(large, _secret);
        List<double> p50 = [], p99 = [];
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            say($"scale: an issue beside {Many:N0} records and beside {Few:N0} on {engine}, round {round} of {options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            var (ofMany, ofFew) = await InTurnsAsync(many, few, options.Count(400));
            if (round == 0) continue;
            p50.Add(Statistics.Median(ofMany) / Statistics.Median(ofFew));
            p99.Add(Statistics.Percentile(ofMany, 99) / Statistics.Percentile(ofFew, 99));
        }

        return
        [
            new($"{engine}: an issue beside {Many:N0} records, one at once", $"beside {Few:N0}", [new("p50", p50), new("p99", p99)], "1.15 or less"),
            new($"{engine}: the database, for each of {Many:N0} members with a credential", "the bytes of that credential without its signature", [new("size", [size / wire])]),
        ];
    }

    /// <summary>How long issues took here and there, one after the other, in milliseconds.</summary>
    private static async Task<(List<double> One, List<double> Other)> InTurnsAsync(CoreNation one, CoreNation other, int count)
    {
        var (ofOne, ofOther) = (await one.RequestsAsync(count), await other.RequestsAsync(count));
        var took = (One: new List<double>(), Other: new List<double>());
        for (var i = 0; i < count; i++)
        {
            took.One.Add(await TimeAsync(ofOne[i]));
            took.Other.Add(await TimeAsync(ofOther[i]));
        }

        return took;
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var watch = Stopwatch.StartNew();
        await act();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Fills a place; returns how many bytes a credential has there, with its disclosures.</summary>
    private async Task<double> PopulateAsync(string place, int members, string engine)
    {
        say($"scale: {members:N0} members on {engine}");
        Registry.Credentials.Row record;
        await using (var nation = await CoreNation.OpenAsync(place, _secret)) record = (await nation.IssueAsync(1))[0];
        Population.Add(place, members, record, what => say($"scale: {what} on {engine}"));
        return record.ToBeSigned.Length + record.Disclosures.Length;
    }
}
