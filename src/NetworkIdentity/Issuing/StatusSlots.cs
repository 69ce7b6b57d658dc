using System.Security.Cryptography;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Issuing;

/// <summary>Chooses status slots: at random in their list, so that an index says nothing of when or for whom.</summary>
public sealed class StatusSlots(Database database, KeyRing keys, TimeProvider time)
{
    /// <summary>Slots of a list. Large, so that who reads a list says nothing of whom they ask about.</summary>
    public const int ListSize = 1_048_576;

    /// <summary>Bits for each status: valid, invalid and suspended. One bit can't say suspended, and more would be longer to fetch.</summary>
    public const int Bits = 2;

    /// <summary>
    /// A list is closed when so many draws in a row find a taken slot: with three quarters taken that is one pick in ten thousand, so it comes before a list
    /// is full and long after it is half full, and no counter is needed that all servers would write to.
    /// </summary>
    private const int FullAfter = 32;

    /// <summary>A slot.</summary>
    /// <param name="ListId">The list's id.</param>
    /// <param name="Index">The index in the list.</param>
    public readonly record struct Slot(string ListId, long Index);

    /// <summary>The URI of a list.</summary>
    public string UriOf(string listId) => keys.Nation.Url($"/status/{listId}");

    /// <summary>The URI of a list of one purpose, which the Bitstring Status List has.</summary>
    public string UriOf(string listId, string purpose) => $"{UriOf(listId)}/{purpose}";

    /// <summary>Picks slots that are free now; whether they still are is decided by the commit that takes them.</summary>
    public async Task<Queue<Slot>> PickAsync(int count)
    {
        var picked = new HashSet<Slot>();
        var inARow = 0;
        var list = count == 0 ? null : await OpenedAsync();
        while (picked.Count < count)
        {
            var slot = new Slot(list!.Id, RandomNumberGenerator.GetInt32((int)list.Size));
            if (!await StatusLists.IsTakenAsync(database, slot.ListId, slot.Index))
            {
                picked.Add(slot);
                inARow = 0;
            }
            else if (++inARow == FullAfter)
            {
                await database.CommitAsync(StatusLists.Close(list.Id, time.GetUtcNow().ToUnixTimeSeconds()));
                list = await OpenedAsync();
                inARow = 0;
            }
        }

        return new Queue<Slot>(picked);
    }

    private async Task<StatusLists.Row> OpenedAsync() => await StatusLists.OpenAsync(database) is [var oldest, ..] ? oldest : await OpenListAsync();

    private async Task<StatusLists.Row> OpenListAsync()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var row = new StatusLists.Row { Id = RandomId.New(), Bits = Bits, Size = ListSize, CreatedAt = now };
        await database.CommitAsync(StatusLists.Insert(row), Journal.Write("open-list", row.Id, "server", null, now));
        return row;
    }
}
