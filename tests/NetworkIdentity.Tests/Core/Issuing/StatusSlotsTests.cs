using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

public sealed class StatusSlotsTests
{
    [Fact]
    public async Task Free_slots_are_found_in_a_list_that_is_three_quarters_full_and_a_fuller_one_is_left()
    {
        await using var nation = await TestIssuing.StartAsync();
        var database = nation.Nation.Database;
        const int size = 64;
        await database.CommitAsync(StatusLists.Insert(new StatusLists.Row { Id = "small", Bits = 2, Size = size, CreatedAt = 0 }));
        for (var taken = 0; taken < size * 3 / 4 - 1; taken++)
            await database.CommitAsync(StatusLists.Take("small", taken, $"credential {taken}"), StatusLists.CountTaken("small", 1));

        var slots = new StatusSlots(database, nation.Nation.Keys, nation.Nation.Time);
        var picked = await slots.PickAsync(8);
        Assert.Equal(8, picked.Distinct().Count());
        Assert.All(picked, slot => Assert.Equal(("small", true), (slot.ListId, slot.Index is >= size * 3 / 4 - 1 and < size)));

        await database.CommitAsync(StatusLists.Take("small", size - 1, "the last"), StatusLists.CountTaken("small", 1));
        Assert.All(await slots.PickAsync(8), slot => Assert.NotEqual("small", slot.ListId));
    }
}
