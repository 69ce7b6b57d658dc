using System.Text;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A nation with two nodes that takes censuses, and what its auditor has.</summary>
internal sealed class TestCensus : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<PublicLog> _logs = [];

    private TestCensus(TestIssuing issuing) => Issuing = issuing;

    public TestIssuing Issuing { get; }

    public Database Database => Issuing.Nation.Database;

    public PublicLog Log => _logs[0];

    public CensusTaking Taking { get; private set; } = null!;

    /// <summary>Founded, with so many members of Lisbon and of Austin.</summary>
    public static async Task<TestCensus> FoundAsync(int lisbon = 0, int austin = 0)
    {
        var census = new TestCensus(await TestIssuing.StartAsync());
        foreach (var node in (string[])["Lisbon", "Austin"]) await Node.AddAsync(census.Database, census.Issuing.Nation.Time, node, "Somewhere");
        census._logs.Add(await PublicLog.OpenAsync(census.Database, census.Issuing.Nation.Keys));
        census.Taking = census.On(census.Database, census.Log);
        await census.JoinAsync(lisbon, "Lisbon");
        await census.JoinAsync(austin, "Austin");
        return census;
    }

    /// <summary>The census on a server of one's own.</summary>
    public async Task<CensusTaking> OnAsync(Database database)
    {
        _logs.Add(await PublicLog.OpenAsync(database, Issuing.Nation.Keys));
        return On(database, _logs[^1]);
    }

    /// <summary>So many people become members.</summary>
    public async Task JoinAsync(int count, string node)
    {
        for (var one = 0; one < count; one++) await Issuing.TakeAsync(2, "membership", ("display_name", "Somebody"), ("node", node));
    }

    /// <summary>Some days pass, the log has what happened, and a census is taken.</summary>
    public async Task<Censuses.Row> TakeAsync(int days = 31)
    {
        Issuing.Nation.Time.Move(TimeSpan.FromDays(days));
        await Log.SequenceAsync();
        var row = await Taking.TakeAsync();
        await Log.SequenceAsync();
        return row;
    }

    /// <summary>The file for the auditor, line by line.</summary>
    public async Task<List<string>> OpeningsAsync()
    {
        using var stream = new MemoryStream();
        await Taking.WriteOpeningsAsync(stream);
        return [.. Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>What an auditor finds with these lines and this census.</summary>
    public async Task<CensusAudit.Report> AuditAsync(IEnumerable<string> openings, string jwt)
    {
        using var reader = new StringReader(string.Join('\n', openings));
        return await CensusAudit.RunAsync(await CensusOpenings.ReadAsync(reader), jwt, await CopyAsync());
    }

    /// <summary>A copy of the log, as somebody keeps it who watches it.</summary>
    public async Task<LogCopy> CopyAsync()
    {
        var head = (await Log.HeadAsync())!;
        foreach (var tile in Tile.Changed(0, head.Size))
        {
            await KeepAsync(tile.Path, (await Log.TileAsync(tile))!.Value.ToArray());
            if (tile.Level == 0) await KeepAsync(EntryBundle.PathOf(tile), (await Log.EntriesAsync(tile))!);
        }

        await KeepAsync("checkpoint", Encoding.UTF8.GetBytes(head.Checkpoint));
        return LogCopy.Open(_folder.File("copy"), Log.Origin, Log.Keys);

        Task KeepAsync(string path, byte[] bytes)
        {
            var file = _folder.File($"copy/{path}");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            return File.WriteAllBytesAsync(file, bytes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _logs) log.Dispose();
        await Issuing.DisposeAsync();
        _folder.Dispose();
    }

    private CensusTaking On(Database database, PublicLog log) => new(database, Issuing.Nation.Keys, log, CredentialType.LoadAll(), Issuing.Nation.Time);
}
