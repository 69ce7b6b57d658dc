using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

public sealed class StatusSlotsTests
{
    private const int Size = 64;

    [Fact]
    public async Task Free_slots_are_found_in_a_list_that_is_three_quarters_taken()
    {
        await using var nation = await TestIssuing.StartAsync();
        await TakeAsync(nation, Size * 3 / 4);
        var picked = await Slots(nation).PickAsync(8);
        Assert.Equal(8, picked.Distinct().Count());
        Assert.All(picked, slot => Assert.Equal(("small", true), (slot.ListId, slot.Index is >= Size * 3 / 4 and < Size)));
    }

    [Fact]
    public async Task A_list_that_is_taken_is_closed_and_the_next_one_is_opened()
    {
        await using var nation = await TestIssuing.StartAsync();
        await TakeAsync(nation, Size);
        Assert.All(await Slots(nation).PickAsync(8), slot => Assert.NotEqual("small", slot.ListId));
        Assert.Equal("small", nation.Query<string>("SELECT id FROM status_list WHERE closed_at IS NOT NULL").Single());
        Assert.Single(await StatusLists.OpenAsync(nation.Nation.Database));
    }

    [Fact]
    public void A_list_that_would_say_of_whom_it_is_asked_is_not_opened()
    {
        Assert.Equal(1_048_576, StatusSlots.ListSize);
        var row = new StatusLists.Row { Id = "list", Bits = 2, Size = 131_072, CreatedAt = 0 };
        Assert.NotNull(StatusLists.Insert(row));
        Assert.Throws<ArgumentOutOfRangeException>(() => StatusLists.Insert(row with { Size = 131_071 }));
    }

    private static StatusSlots Slots(TestIssuing nation) => new(nation.Nation.Database, nation.Nation.Keys, nation.Nation.Time);

    private static async Task TakeAsync(TestIssuing nation, int count)
    {
        var database = nation.Nation.Database;
        await database.CommitAsync(new Statement(
            "INSERT INTO status_list (id, bits, size, version, created_at) VALUES ('small', 2, @size, 0, 0)", new { size = (long)Size }));
        for (var taken = 0; taken < count; taken++) await database.CommitAsync(StatusLists.Take("small", taken, $"credential {taken}"));
    }
}
