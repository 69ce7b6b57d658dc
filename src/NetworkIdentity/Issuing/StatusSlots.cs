using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Issuing;

/// <summary>Chooses status slots: at random in their list, so that an index says nothing of when or for whom.</summary>
public sealed class StatusSlots(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Slots of a list. Large, so that who reads a list says nothing of whom they ask about.</summary>
    public const int ListSize = 1_048_576;

    /// <summary>Bits for each status: valid, invalid, and suspended to come.</summary>
    public const int Bits = 2;

    /// <summary>A slot.</summary>
    /// <param name="ListId">The list's id.</param>
    /// <param name="Index">The index in the list.</param>
    public readonly record struct Slot(string ListId, long Index);

    /// <summary>The URI of a list.</summary>
    public string UriOf(string listId) => keys.Nation.Url($"/status/{listId}");

    /// <summary>Picks slots that are probably free; whether they are is decided by the commit that takes them.</summary>
    public async Task<Queue<Slot>> PickAsync(int count)
    {
        var picked = new HashSet<Slot>();
        if (count == 0) return new Queue<Slot>();
        var list = await StatusLists.WithRoomAsync(database) is [var fullest, ..] ? fullest.Id : await OpenListAsync();
        while (picked.Count < count) picked.Add(new Slot(list, RandomNumberGenerator.GetInt32(ListSize)));
        return new Queue<Slot>(picked);
    }

    private async Task<string> OpenListAsync()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var row = new StatusLists.Row { Id = RandomId.New(), Bits = Bits, Size = ListSize, CreatedAt = now };
        await database.CommitAsync(StatusLists.Insert(row), Journal.Write("open-list", row.Id, "server", null, now));
        return row.Id;
    }
}
