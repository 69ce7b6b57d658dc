using System.Net;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>What a test asserts of an answer.</summary>
internal static class Answers
{
    /// <summary>The answer as a JSON object; may be asked for more than once.</summary>
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response) => (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    /// <summary>A refusal as JSON: status, code, no-store; returns its description.</summary>
    public static async Task<string> RefusedAsync(this HttpResponseMessage response, string error, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        var json = (JsonObject)JsonNode.Parse(text)!;
        Assert.Equal(error, json["error"]!.GetValue<string>());
        Assert.True(response.Headers.CacheControl?.NoStore);
        var description = json["error_description"]!.GetValue<string>();
        Assert.All(description, c => Assert.InRange(c, ' ', '~'));
        Assert.DoesNotContain("at NetworkIdentity", description);
        return description;
    }

    /// <summary>A refusal by redirect: the error, the state and the issuer; returns the description.</summary>
    public static string RefusedByRedirect(this HttpResponseMessage response, string error, string redirectUri, string? state, string issuer)
    {
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        var location = response.Headers.Location!.ToString();
        Assert.StartsWith(redirectUri + "?", location, StringComparison.Ordinal);
        Assert.Equal(error, TestWallet.Parameter(location, "error"));
        Assert.Equal(state, TestWallet.Parameter(location, "state"));
        Assert.Equal(issuer, TestWallet.Parameter(location, "iss"));
        return TestWallet.Parameter(location, "error_description");
    }

    /// <summary>A refusal as a page: its code in sight, and no redirect.</summary>
    public static async Task<string> RefusedAsPageAsync(this HttpResponseMessage response, string code, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        var html = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {html}");
        Assert.Null(response.Headers.Location);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(code, html, StringComparison.Ordinal);
        return html;
    }
}
