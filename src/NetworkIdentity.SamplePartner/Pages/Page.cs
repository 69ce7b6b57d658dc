using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace NetworkIdentity.SamplePartner.Pages;

/// <summary>Renders a page to HTML and answers with it: static, without a script.</summary>
internal static class Page
{
    /// <summary>A page and what it shows.</summary>
    /// <param name="view">The page's one parameter, <c>View</c>.</param>
    /// <param name="status">The HTTP status.</param>
    /// <typeparam name="TPage">The component.</typeparam>
    public static IResult Of<TPage>(object view, int status = StatusCodes.Status200OK)
        where TPage : IComponent => new Result<TPage>(view, status);

    private sealed class Result<TPage>(object view, int status) : IResult
        where TPage : IComponent
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var renderer = new HtmlRenderer(httpContext.RequestServices, httpContext.RequestServices.GetRequiredService<ILoggerFactory>());
            var html = await renderer.Dispatcher.InvokeAsync(async () =>
            {
                var page = await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(new Dictionary<string, object?> { ["View"] = view }));
                return page.ToHtmlString();
            });
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = "text/html; charset=utf-8";
            await httpContext.Response.WriteAsync(html);
        }
    }
}
