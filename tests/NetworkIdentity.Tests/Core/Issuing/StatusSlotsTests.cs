using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

public sealed class StatusSlotsTests
{
    private const int Size = 64;

    [Fact]
    public async Task Free_slots_are_found_in_a_list_that_is_half_taken()
    {
        await using var nation = await TestIssuing.StartAsync();
        await TakeAsync(nation, Size / 2);
        var picked = await Slots(nation).PickAsync(8);
        Assert.Equal(8, picked.Distinct().Count());
        Assert.All(picked, slot => Assert.Equal(("small", true), (slot.ListId, slot.Index is >= Size / 2 and < Size)));
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
        Assert.Throws<ArgumentOutOfRangeException>(() => StatusLists.Insert(row with { Bits = 1 }));
    }

    [Fact]
    public async Task I3_the_next_list_is_opened_before_one_is_full_and_the_first_gives_no_slot_again()
    {
        // One in 64 is free: each pick closes the list more often than not, and one free slot is found by next to none.
        const int size = 4096, free = 64;
        await using var nation = await TestIssuing.StartAsync();
        var database = nation.Nation.Database;
        await database.CommitAsync(
            new Statement("INSERT INTO status_list (id, bits, size, version, created_at) VALUES ('small', 2, @size, 0, 0)", new { size = (long)size }),
            new Statement("""
                WITH RECURSIVE slot(idx) AS (SELECT 0 UNION ALL SELECT idx + 1 FROM slot WHERE idx + 1 < @taken)
                INSERT INTO status_slot (list_id, idx, credential_id, status) SELECT 'small', idx, 'credential ' || idx, 0 FROM slot
                """, new { taken = (long)(size - free) }));
        var given = 0;
        while (await PickAsync() is { ListId: "small" } slot)
        {
            Assert.InRange(slot.Index, size - free, size - 1);
            Assert.Null(await database.CommitAsync(StatusLists.Take(slot.ListId, slot.Index, $"credential {slot.Index}")));
            Assert.True(++given < free, "the list was full before the next was opened");
        }

        for (var i = 0; i < 20; i++) Assert.NotEqual("small", (await PickAsync()).ListId);
        Assert.Equal(2, (await StatusLists.IdsAsync(database)).Count);

        async Task<StatusSlots.Slot> PickAsync() => (await Slots(nation).PickAsync(1)).Single();
    }

    [Fact]
    public async Task I3_slots_are_all_over_their_list_and_in_no_order()
    {
        await using var nation = await TestIssuing.StartAsync();
        var picked = (await Slots(nation).PickAsync(512)).Select(slot => slot.Index).ToList();
        Assert.Equal(512, picked.Distinct().Count());
        Assert.All(picked.GroupBy(index => index / (StatusSlots.ListSize / 8)).Select(eighth => eighth.Count()), count => Assert.InRange(count, 20, 110));
        Assert.Equal(8, picked.Select(index => index / (StatusSlots.ListSize / 8)).Distinct().Count());
        Assert.InRange(picked.Zip(picked.Skip(1)).Count(pair => pair.First < pair.Second), 180, 330);
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
