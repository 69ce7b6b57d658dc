using System.Net;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Server.Endpoints.Log;

/// <summary>Receipts are asked for by a digest whole, and by nothing that a record merely ends with.</summary>
public sealed class ReceiptEndpointTests
{
    [Fact]
    public async Task A_published_list_is_found_by_the_digest_of_its_token_and_by_no_other_end_of_its_record()
    {
        await using var server = await TestServer.StartAsync();
        var record = await server.RecordOfAsync(await server.MemberAsync());
        using var token = await server.Http.GetAsync(server.Url($"/status/{record.ListId}"));
        token.EnsureSuccessStatusCode();
        var published = await Journal.FindAsync(server.Nation.Database, "publish-list", record.ListId);
        var words = published!.Detail!.Split(' ');
        Assert.Equal(43, words[^1].Length);

        // While its leaf waits for a place in the log it is told to come again: it was found.
        using var found = await Ask(words[^1]);
        Assert.True(found.IsSuccessStatusCode || found.Headers.RetryAfter is not null);
        foreach (var digest in (string[])[$"{words[^2]} {words[^1]}", words[^1][1..], words[^1] + "A", "%", new string('_', 43), words[^1][..^1] + "%"])
        {
            using var none = await Ask(digest);
            await none.RefusedAsync("not_found", HttpStatusCode.NotFound);
        }

        Task<HttpResponseMessage> Ask(string digest) => server.Http.GetAsync(server.Url($"/log/receipt/{Uri.EscapeDataString(digest)}?list={record.ListId}"));
    }
}
