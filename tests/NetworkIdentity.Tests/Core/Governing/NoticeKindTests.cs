using System.Reflection;
using NetworkIdentity.Governing;

namespace NetworkIdentity.Tests.Core.Governing;

/// <summary>The kinds of notices.</summary>
public sealed class NoticeKindTests
{
    [Fact]
    public void Each_is_in_the_list_under_a_name_of_its_own()
    {
        var declared = typeof(NoticeKind).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.FieldType == typeof(NoticeKind)).Select(field => (NoticeKind)field.GetValue(null)!);
        Assert.Equal(declared.Select(kind => kind.Name).Order(StringComparer.Ordinal), NoticeKind.All.Select(kind => kind.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.All(NoticeKind.All, kind => Assert.Matches("^[a-z]+(_[a-z]+)*$", kind.Name));
        Assert.All(NoticeKind.All, kind => Assert.Same(kind, NoticeKind.Of(kind.Name)));
    }

    [Fact]
    public void One_that_is_not_known_is_told_in_general_words() =>
        Assert.Equal(("moon_rose", "There is something new for you", "/account"), (NoticeKind.Of("moon_rose").Name, NoticeKind.Of("moon_rose").Words, NoticeKind.Of("moon_rose").Page));
}
