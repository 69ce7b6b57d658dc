using NetworkIdentity.Keys;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>A founded nation without a server: a database in a folder of its own, its keys, and a clock that can be moved.</summary>
internal sealed class TestNation : IAsyncDisposable
{
    public const string Secret = "a secret for tests alone, of more than 32 characters";

    private readonly TestFolder _folder = new();

    private TestNation() => Store = TestStore.New(_folder.Path);

    public TestStore Store { get; }

    public ManualTime Time { get; } = new();

    public Database Database { get; private set; } = null!;

    public KeyRing Keys { get; private set; } = null!;

    public DidLog? Did { get; private set; }

    public static async Task<TestNation> FoundAsync(string issuer = "https://nation.example", string name = "Nation of Tests")
    {
        var nation = new TestNation();
        nation.Database = nation.OpenDatabase();
        Assert.True(await Founding.FoundAsync(nation.Database, nation.Time, Secret, name, issuer));
        nation.Keys = (await Founding.OpenAsync(nation.Database, nation.Time, Secret))!;
        nation.Did = await DidLog.OpenAsync(nation.Database, nation.Keys, nation.Time);
        return nation;
    }

    /// <summary>Another connection to the same database, as another server has it.</summary>
    public Database OpenDatabase() => Database.Open(Store.ConnectionString, Time);

    /// <summary>Everything that is stored.</summary>
    public byte[] BytesAtRest() => Store.BytesAtRest();

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Store.Dispose();
        _folder.Dispose();
    }
}
