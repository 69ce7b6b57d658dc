using NetworkIdentity.Governing;

namespace NetworkIdentity.Tests.Core.Governing;

public class ResidencyMethodTests
{
    private const int Days = 180;

    private static readonly DateOnly Today = new(2026, 11, 22);

    [Fact]
    public void Half_the_nights_make_a_resident_and_a_night_a_visitor()
    {
        Assert.Equal(new("lisbon", "visitor", 1, Today.AddDays(-1), Today.AddDays(Days - 2)), Only(Stay(-1, 0)));
        Assert.Equal(("visitor", 89), StatusOf(Stay(-89, 0)));
        Assert.Equal(("resident", 90), StatusOf(Stay(-90, 0)));

        // An odd number of days: the half is rounded up.
        Assert.Equal("visitor", ResidencyMethod.Of([Stay(-3, 0)], null, 7, Today).Single().Status);
        Assert.Equal("resident", ResidencyMethod.Of([Stay(-4, 0)], null, 7, Today).Single().Status);
    }

    [Fact]
    public void Ones_own_node_makes_an_e_resident_as_long_as_one_lives_elsewhere()
    {
        Assert.Empty(ResidencyMethod.Of([], "lisbon", Days, Today));
        var residency = ResidencyMethod.Of([Stay(-700, -690)], "lisbon", Days, Today).Single();
        Assert.Equal(new("lisbon", "e-resident", 0, Today.AddDays(-700), Today.AddDays(Days - 1)), residency);
        Assert.Equal("resident", ResidencyMethod.Of([Stay(-90, 0)], "lisbon", Days, Today).Single().Status);
        Assert.Equal("visitor", ResidencyMethod.Of([Stay(-10, 0)], "austin", Days, Today).Single().Status);
        Assert.Empty(ResidencyMethod.Of([Stay(-700, -690)], "austin", Days, Today));
    }

    [Fact]
    public void It_ends_on_the_last_day_on_which_the_same_nights_give_the_same()
    {
        // Ninety nights, the first of which counts for so many days and no more.
        Assert.Equal(Today.AddDays(Days - 91), Only(Stay(-90, 0)).Until);

        // Of more nights, a resident for longer; and never for longer than the charter's days.
        Assert.Equal(Today.AddDays(Days - 91), Only(Stay(-120, 0)).Until);
        Assert.Equal(Today.AddDays(Days - 1 - 10), Only(Stay(-11, -9)).Until);
        for (var first = -200; first < 0; first += 7)
        {
            if (ResidencyMethod.Of([Stay(first, first + 60)], null, Days, Today).SingleOrDefault() is not { } residency) continue;
            Assert.InRange(residency.Until.DayNumber, Today.DayNumber, Today.DayNumber + Days - 1);
            Assert.Equal(residency.Status, ResidencyMethod.Of([Stay(first, first + 60)], null, Days, residency.Until).Single().Status);
            Assert.NotEqual(residency.Status, ResidencyMethod.Of([Stay(first, first + 60)], null, Days, residency.Until.AddDays(1)).SingleOrDefault()?.Status);
        }
    }

    [Fact]
    public void A_night_counts_once_whatever_the_amount_says_and_at_its_own_node()
    {
        Assert.Equal(("visitor", 60), StatusOf(Stay(-60, 0), Stay(-60, -10), Stay(-30, 0) with { Amount = 5000 }));
        var two = ResidencyMethod.Of([Stay(-20, -10), Stay(-10, 0) with { NodeId = "austin" }], null, Days, Today);
        Assert.Equal([("austin", 10), ("lisbon", 10)], two.Select(one => (one.NodeId, one.Nights)));
    }

    [Fact]
    public void What_has_not_its_witnesses_was_corrected_or_is_no_stay_counts_nothing()
    {
        var stay = Stay(-20, -10);
        Assert.Empty(ResidencyMethod.Of([stay with { Needed = 2 }], null, Days, Today));
        Assert.Empty(ResidencyMethod.Of([stay with { Witnesses = [] }], null, Days, Today));
        Assert.Empty(ResidencyMethod.Of([stay with { Witnesses = [new("ana", Today)] }], null, Days, Today));
        Assert.Empty(ResidencyMethod.Of([stay with { Witnesses = [new("gil", Today.AddDays(1))] }], null, Days, Today));
        Assert.Empty(ResidencyMethod.Of([stay with { Kind = FactKind.Hosting }], null, Days, Today));
        Assert.Empty(ResidencyMethod.Of([stay with { NodeId = null }], null, Days, Today));
        Assert.Empty(ResidencyMethod.Of([stay with { Until = Today.AddDays(1) }], null, Days, Today));

        // A correction with its witnesses takes its place; one that annuls takes it away; one without says nothing yet.
        var shorter = Stay(-12, -10) with { Corrects = stay.Id };
        Assert.Equal(2, ResidencyMethod.Of([shorter, stay], null, Days, Today).Single().Nights);
        Assert.Empty(ResidencyMethod.Of([stay, shorter with { IsAnnulment = true }], null, Days, Today));
        Assert.Equal(10, ResidencyMethod.Of([stay, shorter with { Witnesses = [] }], null, Days, Today).Single().Nights);
    }

    private static Residency Only(params Fact[] facts) => ResidencyMethod.Of(facts, null, Days, Today).Single();

    private static (string, int) StatusOf(params Fact[] facts) => (Only(facts).Status, Only(facts).Nights);

    private static Fact Stay(int from, int until) =>
        new($"stay{from}{until}", FactKind.Stay, "ana", Today.AddDays(from), Today.AddDays(until), 1, [new("gil", Today.AddDays(Math.Min(until, 0)))]) { NodeId = "lisbon" };
}
